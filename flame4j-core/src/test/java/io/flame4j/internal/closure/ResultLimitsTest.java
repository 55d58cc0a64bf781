package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.RemoteTaskException;
import io.flame4j.ResultSerializationException;
import io.flame4j.Trackable;
import io.flame4j.TrackedHandle;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How large what a runner sends may be. */
class ResultLimitsTest {

    private static final ResultLimits STANDARD = ResultLimits.STANDARD;

    private static ResultPolicy with(ResultLimits limits) {
        return new ResultPolicy(ResultPolicy.STANDARD.rules(), limits);
    }

    private static ResultPolicy depth(int most) {
        return with(new ResultLimits(most, STANDARD.maxReferences(), STANDARD.maxArrayLength(), STANDARD.maxBytes()));
    }

    private static ResultPolicy references(long most) {
        return with(new ResultLimits(STANDARD.maxDepth(), most, STANDARD.maxArrayLength(), STANDARD.maxBytes()));
    }

    private static ResultPolicy arrays(int most) {
        return with(new ResultLimits(STANDARD.maxDepth(), STANDARD.maxReferences(), most, STANDARD.maxBytes()));
    }

    private static ResultPolicy bytes(long most) {
        return with(new ResultLimits(STANDARD.maxDepth(), STANDARD.maxReferences(), STANDARD.maxArrayLength(), most));
    }

    private static void assertRefused(ThrowingCallable reading, String what, String setting) {
        assertThatThrownBy(reading)
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("its result holds " + what + ", which the pool's result filter refuses: its limit"
                        + " is " + setting)
                .hasMessageContaining("FlamePoolBuilder.resultFilter(ResultFilter.standard()."
                        + setting.substring(0, setting.indexOf('(')));
    }

    private static List<Object> nested(int depth) {
        List<Object> outer = new ArrayList<>();
        for (int i = 1; i < depth; i++) {
            outer = new ArrayList<>(Collections.singletonList(outer));
        }
        return outer;
    }

    @Test
    void depth() throws IOException {
        assertThat(Trips.result(nested(20), depth(20))).isEqualTo(nested(20));
        assertRefused(() -> Trips.result(nested(21), depth(20)), "objects nested more than 20 deep", "maxDepth(20)");
    }

    @Test
    void references() throws IOException {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(new int[0]);
        }
        assertThat(Trips.result(many, references(200))).hasSize(100);
        assertRefused(() -> Trips.result(many, references(50)), "more than 50 references", "maxReferences(50)");
    }

    @Test
    void arrayLength() throws IOException {
        assertThat(Trips.result(new int[100], arrays(100))).hasSize(100);
        assertThat(Trips.result(new Object[100], arrays(100))).hasSize(100);
        // As a lean value, in the stream, as a table of a collection, and beside the stream.
        for (Object each : List.of(
                new int[101],
                new byte[101],
                new boolean[101],
                new Object[101],
                new ArrayList<>(Collections.nCopies(101, "x")),
                new ArrayList<>(List.of(new byte[101])))) {
            assertRefused(() -> Trips.result(each, arrays(100)), "an array of 101 elements", "maxArrayLength(100)");
        }
        assertRefused(
                () -> Trips.result(new ArrayList<>(List.of(new byte[1 << 20])), arrays(100)),
                "an array of 1048576 elements",
                "maxArrayLength(100)");
    }

    @Test
    void bytes() throws IOException {
        assertThat(Trips.result("x".repeat(900), bytes(1000))).hasSize(900);
        for (Object each : List.of("x".repeat(1000), new byte[1000], new ArrayList<>(List.of("x".repeat(1000))))) {
            ByteWriter out = new ByteWriter();
            new ValueEncoder(Codec.jdk()).encodeResult(each, out);
            assertRefused(() -> Trips.result(each, bytes(1000)), out.size() + " bytes", "maxBytes(1000)");
        }
    }

    @Test
    void aLongExceptionIsCutToItsTexts() throws IOException {
        IllegalStateException thrown = new IllegalStateException("y".repeat(600));
        Throwable read = Trips.failure(thrown, getClass().getClassLoader(), bytes(1000));
        assertThat(read)
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("java.lang.IllegalStateException: yyy")
                .hasMessageContaining("maxBytes(1000)");
        Throwable longer = Trips.failure(thrown, getClass().getClassLoader(), bytes(500));
        assertThat(((RemoteTaskException) longer).remoteMessage())
                .isEqualTo("(a text of 600 bytes, longer than the maxBytes(500) of the pool's result filter)");
    }

    static final class Door implements Trackable, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public void tracked(TrackedHandle handle) {}
    }

    @Test
    void trackedValuesHaveTheSameLimits() {
        ByteWriter out = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeTracked(new ArrayList<>(List.of(new Door(), nested(30))), out, () -> 1);
        ValueDecoder decoder = new ValueDecoder(Codec.jdk(), getClass().getClassLoader(), depth(20));
        assertRefused(
                () -> decoder.decodeTracked(new ByteReader(out.toByteArray())),
                "objects nested more than 20 deep",
                "maxDepth(20)");
    }

    /** Each array alone would pass; all of them would be some 100,000 times as large as the message. */
    @Test
    void arraysInArraysDoNotAddUp() throws IOException {
        ByteWriter one = new ByteWriter();
        Codec.jdk().encode(new Serializable[1], one.asOutputStream());
        byte[] array = one.toByteArray();
        ByteWriter stream = new ByteWriter();
        // No blobs, TC_ARRAY, the descriptor; then a length, and again an array by reference to the descriptor.
        stream.write(array, 0, array.length - 5);
        for (int i = 0; i < 500; i++) {
            stream.writeInt(20_000);
            stream.writeByte(0x75);
            stream.writeByte(0x71);
            stream.writeInt(0x7E0000);
        }
        byte[] bytes = StreamByHand.coded(stream);
        assertThat(bytes.length).isLessThan(8_000);
        assertThatThrownBy(() -> new ValueDecoder(Codec.jdk(), getClass().getClassLoader(), Trips.ALLOW_ALL)
                        .decode(new ByteReader(bytes)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("an array of 20000 elements, which is more than the message can hold");
    }

    record Point(int x, int y, String name) implements Serializable {}

    @Test
    void aMillionRecordsAreNoMatter() throws IOException {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            points.add(new Point(i, -i, "p" + i));
        }
        assertThat(Trips.result(points)).isEqualTo(points);
    }

    static List<Object> tables() {
        List<Object> tables = new ArrayList<>();
        for (int size : new int[] {0, 1, 2, 13, 100, 700}) {
            HashMap<Object, Object> map = new HashMap<>(16, 0.25f);
            HashSet<Object> set = new HashSet<>(1 << 16);
            IdentityHashMap<Object, Object> identity = new IdentityHashMap<>();
            for (int i = 0; i < size; i++) {
                map.put(i, null);
                set.add(i);
                identity.put(new Object[0].getClass().getName() + i, null);
            }
            tables.add(map);
            tables.add(set);
            tables.add(identity);
            tables.add(new ArrayDeque<>(set));
            tables.add(new PriorityQueue<>(set));
            tables.add(new ConcurrentHashMap<>(Collections.singletonMap(size, set)));
        }
        return tables;
    }

    /** What honest collections allocate stays within what their bytes account for, however often they come. */
    @ParameterizedTest
    @MethodSource("tables")
    void manyCollectionsAreNoMatter(Object table) throws IOException {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(Trips.result(table));
        }
        assertThat(Trips.result(all)).hasSize(30);
    }

    /** Goes on without what could not be read, as some of the JDK's own classes do. */
    static final class Forgiving implements Serializable {
        private static final long serialVersionUID = 1L;

        private transient Object inside;

        Forgiving(Object inside) {
            this.inside = inside;
        }

        private void writeObject(java.io.ObjectOutputStream out) throws IOException {
            out.writeObject(inside);
        }

        private void readObject(ObjectInputStream in) {
            try {
                inside = in.readObject();
            } catch (IOException | ClassNotFoundException e) {
                inside = "nothing";
            }
        }
    }

    @Test
    void aRefusalCountsThoughTheReaderGoesOn() {
        assertRefused(
                () -> Trips.result(new Forgiving(new int[200]), arrays(100)),
                "an array of 200 elements",
                "maxArrayLength(100)");
    }

    @Test
    void theFilterOfTheJvmIsAskedAsWell() {
        assertThatThrownBy(() -> Trips.result(
                        new ArrayList<>(List.of(new Point(1, 2, "x"))),
                        Trips.asking(java.io.ObjectInputFilter.Config.createFilter(
                                "!io.flame4j.internal.closure.ResultLimitsTest$Point"))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("class " + Point.class.getName())
                .hasMessageContaining("the filter of this JVM refuses");
        assertThatThrownBy(() -> Trips.result(
                        new ArrayList<>(Arrays.asList(1, 2, 3)),
                        Trips.asking(java.io.ObjectInputFilter.Config.createFilter("maxrefs=2"))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("the filter of this JVM refuses");
    }
}
