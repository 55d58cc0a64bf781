package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A record of the class of the one before is told by that; which must not show in what comes out on the other side. */
class LeanGraphLatestTest {

    private static final int MANY = 40;

    enum Unit {
        PIECE,
        BOX
    }

    record Point(int x, int y) implements Serializable {}

    /** As a point, so that one taken for the other would be read without an error. */
    record Size(int width, int height) implements Serializable {}

    record Amount(int count, Unit unit) implements Serializable {}

    record Line(Point from, Point to) implements Serializable {}

    record Frame(Point at, Size size, Line edge, Amount amount, List<Point> points) implements Serializable {}

    record Node(int value, Node next) implements Serializable {}

    record Even(int value, Odd next) implements Serializable {}

    record Odd(int value, Even next) implements Serializable {}

    /** Not held, but by JDK serialization. */
    record Other(Object any) implements Serializable {}

    private static Frame frame(int i) {
        return new Frame(
                new Point(i, -i),
                new Size(i, i),
                new Line(new Point(i, 0), new Point(0, i)),
                new Amount(i, Unit.values()[i % 2]),
                List.of(new Point(1, i), new Point(2, i), new Point(3, i)));
    }

    private static List<Object> times(BiFunction<Integer, List<Object>, Object> make) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            list.add(make.apply(i, list));
        }
        return list;
    }

    static Stream<List<Object>> lean() {
        return Stream.of(
                // One after another of the same class, and never two.
                times((i, list) -> new Point(i, i)),
                times((i, list) -> i % 2 == 0 ? new Point(i, i) : new Size(i, i)),
                times((i, list) -> List.<Object>of(new Point(i, 1), new Size(i, 2), new Amount(i, Unit.BOX))
                        .get(i % 3)),
                // Others between them, which have numbers as well, as classes and as values.
                times((i, list) -> i % 3 == 0 ? Unit.values()[i % 2] : new Amount(i, Unit.BOX)),
                times((i, list) -> i % 3 == 0 ? null : i % 3 == 1 ? "text " + i : new Point(i, i)),
                times((i, list) -> i % 3 == 0 ? List.of(new Size(i, i)) : new Point(i, i)),
                // The one written last is a component.
                times((i, list) -> new Line(new Point(i, 0), new Point(0, i))),
                times((i, list) -> i % 2 == 0 ? new Line(new Point(i, 0), null) : new Point(i, i)),
                times((i, list) -> frame(i)),
                times((i, list) -> i % 2 == 0 ? frame(i) : new Size(i, i)),
                times((i, list) -> new Node(i, new Node(-i, null))),
                times((i, list) -> new Even(i, new Odd(i, new Even(i, null)))));
    }

    /** A plain record that comes again has the graph written a second time, with numbers. */
    static Stream<List<Object>> again() {
        return Stream.concat(
                lean().map(list -> {
                    List<Object> twice = new ArrayList<>(list);
                    Point point = new Point(7, 7);
                    twice.add(point);
                    twice.add(new Size(7, 7));
                    twice.add(point);
                    return twice;
                }),
                Stream.of(
                        times((i, list) -> i < 2 ? new Point(i, i) : list.get(i - 2)),
                        times((i, list) -> i < 4 ? (i % 2 == 0 ? new Point(i, i) : new Size(i, i)) : list.get(i % 4)),
                        times((i, list) -> i % 5 == 4 ? list.get(i - 3) : frame(i)),
                        times((i, list) ->
                                i % 5 == 4 ? new Line((Point) list.get(0), (Point) list.get(0)) : new Point(i, i))));
    }

    @ParameterizedTest
    @MethodSource({"lean", "again"})
    void comes_out_as_jdk_serialization_makes_it(List<Object> value) throws Exception {
        assertThat(LeanGraph.encode(value)).isNotNull();
        assertThat(LeanGraphTest.shape(Trips.result(value))).isEqualTo(LeanGraphTest.shape(LeanGraphTest.jdk(value)));
    }

    @ParameterizedTest
    @MethodSource({"lean", "again"})
    void is_written_the_same_again(List<Object> value) throws Exception {
        byte[] first = LeanGraph.encode(value).toByteArray();

        assertThat(LeanGraph.encode(value).toByteArray()).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(ints = {LeanGraph.DEEPEST, LeanGraph.DEEPEST + 1, LeanGraph.DEEPEST + 2, 3 * LeanGraph.DEEPEST})
    void is_held_down_to_the_same_depth_whatever_class_was_before(int records) throws Exception {
        Object same = null;
        Object alternating = null;
        for (int i = 0; i < records; i++) {
            same = new Node(i, (Node) same);
            alternating = alternating instanceof Odd odd ? new Even(i, odd) : new Odd(i, (Even) alternating);
        }
        boolean isHeld = records <= LeanGraph.DEEPEST + 1;

        assertThat(LeanGraph.encode(same) != null).isEqualTo(isHeld);
        assertThat(LeanGraph.encode(alternating) != null).isEqualTo(isHeld);
        for (Object value : List.of(same, alternating)) {
            assertThat(Trips.<Object>result(value)).isEqualTo(value);
        }
    }

    /** What was written of it until then is given up. */
    @Test
    void what_is_not_held_goes_through_the_jdk_wherever_it_comes() throws Exception {
        for (int at = 0; at < 4; at++) {
            int other = at;
            List<Object> value = times((i, list) -> i == other ? new Other(Unit.BOX) : new Point(i, i));
            assertThat(LeanGraph.encode(value)).isNull();
            assertThat(LeanGraphTest.shape(Trips.result(value)))
                    .isEqualTo(LeanGraphTest.shape(LeanGraphTest.jdk(value)));
        }
    }
}
