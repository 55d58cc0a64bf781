package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.RemoteAction;
import io.flame4j.RemoteCheck;
import io.flame4j.RemoteFunction;
import io.flame4j.RemoteTask;
import io.flame4j.TaskSerializationException;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ClosureTripTest {

    private static final AtomicInteger COUNT = new AtomicInteger();

    enum Planet {
        EARTH,
        MARS {
            @Override
            int moons() {
                return 2;
            }
        };

        int moons() {
            return 1;
        }
    }

    record Point(int x, String name) implements Serializable {
        static Point origin() {
            return new Point(0, "origin");
        }

        int plus(int more) {
            return x + more;
        }
    }

    record Box<T>(T content, List<? extends T> more) implements Serializable {}

    static final class Named implements RemoteTask<String, RuntimeException> {
        private static final long serialVersionUID = 1L;
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public String call() {
            return name;
        }
    }

    private static <T> RemoteTask<T, RuntimeException> task(RemoteTask<T, RuntimeException> task) {
        return task;
    }

    @Test
    void every_kind_of_task_runs() throws Throwable {
        COUNT.set(0);
        RemoteAction<RuntimeException> action = () -> COUNT.incrementAndGet();
        RemoteCheck check = () -> COUNT.get() == 1;
        RemoteFunction<Integer, Integer, RuntimeException> twice = n -> n * 2;
        assertThat(Trips.<Object>run(action)).isNull();
        assertThat(Trips.<Boolean>run(check)).isTrue();
        assertThat(Trips.task(twice, 21).run("not this")).isEqualTo(42);
        DecodedTask onTarget = Trips.task(twice);
        assertThat(onTarget.needsTarget()).isTrue();
        assertThat(onTarget.hasArgument()).isFalse();
        assertThat(onTarget.run(4)).isEqualTo(8);
        assertThat(Trips.<String>run(task(() -> "hello"))).isEqualTo("hello");
        assertThat(Trips.<String>run(new Named("by class"))).isEqualTo("by class");
    }

    @Test
    void a_null_argument_is_an_argument() throws Throwable {
        RemoteFunction<Object, String, RuntimeException> text = String::valueOf;
        DecodedTask decoded = Trips.task(text, null);
        assertThat(decoded.hasArgument()).isTrue();
        assertThat(decoded.run("target")).isEqualTo("null");
    }

    @Test
    void captures_of_every_primitive_type_arrive() throws Throwable {
        byte b = -1;
        short s = -2;
        char c = '\uD800';
        int i = Integer.MIN_VALUE;
        long l = Long.MIN_VALUE;
        float f = Float.NaN;
        double d = -0.0;
        boolean z = true;
        String text = "unpaired \uDC00 surrogate";
        String none = null;
        RemoteTask<List<Object>, RuntimeException> all =
                () -> new ArrayList<>(java.util.Arrays.asList(b, s, c, i, l, f, d, z, text, none));
        assertThat(Trips.<List<Object>>run(all)).containsExactly(b, s, c, i, l, f, d, z, text, none);
    }

    @Test
    void records_enums_and_generics_arrive() throws Throwable {
        Box<Point> box = new Box<>(new Point(1, "one"), List.of(new Point(2, "two")));
        Planet mars = Planet.MARS;
        Class<?> type = int[].class;
        Class<?> primitive = int.class;
        RemoteTask<List<Object>, RuntimeException> all = () -> List.of(box, mars, mars.moons(), type, primitive);
        assertThat(Trips.<List<Object>>run(all)).containsExactly(box, Planet.MARS, 2, int[].class, int.class);
    }

    @Test
    void method_references_of_every_kind_run() throws Throwable {
        Point point = new Point(40, "p");
        RemoteTask<Point, RuntimeException> ofStatic = Point::origin;
        RemoteFunction<Integer, Integer, RuntimeException> bound = point::plus;
        RemoteFunction<Point, String, RuntimeException> unbound = Point::name;
        RemoteFunction<String, StringBuilder, RuntimeException> constructor = StringBuilder::new;
        RemoteFunction<Integer, int[], RuntimeException> array = int[]::new;
        assertThat(Trips.<Point>run(ofStatic)).isEqualTo(Point.origin());
        assertThat(Trips.task(bound, 2).run(null)).isEqualTo(42);
        assertThat(Trips.task(unbound, point).run(null)).isEqualTo("p");
        assertThat(Trips.task(constructor, "sb").run(null)).hasToString("sb");
        assertThat(Trips.task(array, 3).run(null)).isEqualTo(new int[3]);
    }

    interface Greeter extends Serializable {
        String name();

        default RemoteTask<String, RuntimeException> greet() {
            return () -> "hello " + name();
        }

        static RemoteTask<String, RuntimeException> silent() {
            return () -> "";
        }
    }

    @Test
    void lambdas_written_in_interfaces_run() throws Throwable {
        Greeter greeter = () -> "world";
        assertThat(Trips.<String>run(greeter.greet())).isEqualTo("hello world");
        assertThat(Trips.<String>run(Greeter.silent())).isEmpty();
    }

    @Test
    void lambdas_captured_by_lambdas_run_however_deep() throws Throwable {
        RemoteTask<Integer, RuntimeException> nested = () -> 0;
        for (int i = 0; i < 2 * TaskBody.DEEPEST; i++) {
            RemoteTask<Integer, RuntimeException> inner = nested;
            nested = () -> inner.call() + 1;
        }
        assertThat(Trips.<Integer>run(nested)).isEqualTo(2 * TaskBody.DEEPEST);
    }

    @Test
    void lambdas_inside_of_collections_run() throws Throwable {
        List<RemoteFunction<Integer, Integer, RuntimeException>> steps =
                new ArrayList<>(List.of(n -> n + 1, n -> n * 10, Math::negateExact));
        RemoteFunction<Integer, Integer, RuntimeException> chain = n -> {
            int value = n;
            for (RemoteFunction<Integer, Integer, RuntimeException> step : steps) {
                value = step.apply(value);
            }
            return value;
        };
        assertThat(Trips.task(chain, 4).run(null)).isEqualTo(-50);
    }

    @Test
    void what_captured_values_share_stays_shared() throws Throwable {
        List<Object> list = new ArrayList<>();
        byte[] bytes = new byte[100_000];
        Map<String, Object> map = new HashMap<>(Map.of("list", list, "bytes", bytes));
        RemoteTask<List<Boolean>, RuntimeException> same =
                () -> List.of(map.get("list") == list, map.get("bytes") == bytes);
        assertThat(Trips.<List<Boolean>>run(same)).containsExactly(true, true);

        byte[] alias = bytes;
        RemoteTask<Boolean, RuntimeException> sameArray = () -> bytes == alias;
        assertThat(Trips.<Boolean>run(sameArray)).isTrue();

        RemoteTask<Boolean, RuntimeException> inner = () -> list.isEmpty();
        RemoteTask<Integer, RuntimeException> throughLambda = () -> {
            list.add("seen by the inner lambda");
            return inner.call() ? 0 : list.size();
        };
        assertThat(Trips.<Integer>run(throughLambda)).isEqualTo(1);
    }

    @Test
    void what_a_function_shares_with_its_argument_stays_shared() throws Throwable {
        List<String> list = new ArrayList<>();
        RemoteFunction<Object, Boolean, RuntimeException> same = argument -> argument == list;
        assertThat(Trips.task(same, list).run(null)).isEqualTo(true);
    }

    @Test
    void arrays_alone_take_the_short_way_and_keep_their_identity() throws Throwable {
        int[] one = {1, 2};
        long[] other = {3};
        int[] again = one;
        RemoteTask<Object[], RuntimeException> all = () -> new Object[] {one, other, again};
        Object[] read = Trips.run(all);
        assertThat(read[0]).isEqualTo(one);
        assertThat(read[1]).isEqualTo(other);
        assertThat(read[2]).isSameAs(read[0]);
    }

    @Test
    void sixty_four_megabytes_make_the_trip_without_a_copy_on_the_way_out() throws Throwable {
        byte[] large = new byte[64 << 20];
        large[large.length - 1] = 1;
        EncodedTask encoded = new TaskEncoder(Codec.jdk()).encode(task(() -> large));
        ByteWriter out = new ByteWriter();
        encoded.writeTo(out, new KnownShapes());
        assertThat(encoded.isLarge()).isTrue();
        assertThat(encoded.size()).isBetween((long) large.length, large.length + 100L);
        assertThat(out.buffers()).anyMatch(b -> b.hasArray() && b.array() == large);
        assertThat(Trips.decode(out.toByteArray(), getClass().getClassLoader()).run(null))
                .isEqualTo(large);
    }

    @Test
    void large_arrays_inside_of_objects_are_not_copied_either() throws Throwable {
        byte[] large = new byte[40_000];
        large[7] = 7;
        Box<byte[]> box = new Box<>(large, List.of(large));
        ByteWriter out = new ByteWriter();
        new TaskEncoder(Codec.jdk()).encode(task(() -> box)).writeTo(out, new KnownShapes());
        assertThat(out.buffers()).filteredOn(b -> b.array() == large).hasSize(1);
        Box<?> read = (Box<?>)
                Trips.decode(out.toByteArray(), getClass().getClassLoader()).run(null);
        assertThat(read.content()).isEqualTo(large).isSameAs(read.more().get(0));
    }

    @Test
    void a_detached_task_no_longer_sees_changes() throws Throwable {
        byte[] large = new byte[40_000];
        EncodedTask encoded = new TaskEncoder(Codec.jdk()).encode(task(() -> large[0]));
        encoded.detach();
        large[0] = 1;
        assertThat(encoded.isLarge()).isFalse();
        assertThat(Trips.decode(Trips.encode(encoded), getClass().getClassLoader())
                        .run(null))
                .isEqualTo((byte) 0);
    }

    @Test
    void a_shape_travels_once_for_each_connection() throws Throwable {
        TaskEncoder encoder = new TaskEncoder(Codec.jdk());
        TaskDecoder decoder = new TaskDecoder(Codec.jdk(), getClass().getClassLoader());
        KnownShapes known = new KnownShapes();
        int first = 0;
        for (int i = 0; i < 5; i++) {
            int n = i;
            byte[] bytes = Trips.encode(encoder.encode(task(() -> n)), known);
            assertThat(decoder.decode(new ByteReader(bytes)).run(null)).isEqualTo(i);
            if (i == 0) {
                first = bytes.length;
            } else {
                assertThat(bytes).hasSizeLessThan(12);
            }
        }
        EncodedTask again = encoder.encode(task(() -> "x"));
        assertThat(Trips.encode(again).length).isEqualTo(Trips.encode(again).length);
        assertThat(first).isGreaterThan(200);
    }

    @Test
    void both_sides_forget_when_there_are_too_many_shapes() throws Throwable {
        TaskEncoder encoder = new TaskEncoder(Codec.jdk());
        TaskDecoder decoder = new TaskDecoder(Codec.jdk(), getClass().getClassLoader());
        KnownShapes known = new KnownShapes();
        EncodedTask one = encoder.encode(task(() -> 1));
        EncodedTask two = encoder.encode(task(() -> 2));
        EncodedTask three = encoder.encode(task(() -> 3));
        decoder.decode(new ByteReader(Trips.encode(one, known)));
        int others = Integer.MAX_VALUE;
        while (known.size() < KnownShapes.MOST - 1) {
            known.add(others--);
        }
        assertThat(decoder.decode(new ByteReader(Trips.encode(two, known))).run(null))
                .isEqualTo(2);
        assertThat(known.size()).isEqualTo(KnownShapes.MOST);
        assertThat(decoder.decode(new ByteReader(Trips.encode(three, known))).run(null))
                .isEqualTo(3);
        assertThat(known.size()).as("reset").isEqualTo(1);
        assertThat(decoder.decode(new ByteReader(Trips.encode(one, known))).run(null))
                .isEqualTo(1);
        assertThat(decoder.decode(new ByteReader(Trips.encode(three, known))).run(null))
                .isEqualTo(3);
    }

    @Test
    void known_shapes_is_a_set() {
        KnownShapes known = new KnownShapes();
        for (int i = 1; i <= 3000; i++) {
            known.add(i * 64);
            known.add(i * 64);
        }
        assertThat(known.size()).isEqualTo(3000);
        assertThat(known.contains(64 * 3000)).isTrue();
        assertThat(known.contains(65)).isFalse();
    }

    @Test
    void a_lambda_without_captures_is_made_once() throws IOException {
        TaskDecoder decoder = new TaskDecoder(Codec.jdk(), getClass().getClassLoader());
        KnownShapes known = new KnownShapes();
        EncodedTask encoded = new TaskEncoder(Codec.jdk()).encode(task(ClosureTripTest::identity));
        Object first =
                decoder.decode(new ByteReader(Trips.encode(encoded, known))).closure();
        Object second =
                decoder.decode(new ByteReader(Trips.encode(encoded, known))).closure();
        assertThat(second).isSameAs(first);
    }

    private static Object identity() {
        return "same";
    }

    /** The JDK takes a map with a key too many for an error of its own, which would be a reason to end the runner. */
    @Test
    void a_task_with_a_map_of_a_key_too_many_is_refused() {
        Map<String, String> captured = Map.of("a", "b", "c", "d");
        RemoteTask<String, RuntimeException> task = captured::toString;
        byte[] bytes = Trips.encode(new TaskEncoder(Codec.jdk()).encode(task));
        int count = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("w\4\0\0\0\4");
        assertThat(count).isPositive();
        bytes[count + 5] = 3;
        assertThatThrownBy(() -> Trips.decode(bytes, Trips.class.getClassLoader()))
                .isInstanceOf(TaskSerializationException.class)
                .hasRootCauseInstanceOf(InternalError.class);
    }

    @Test
    void what_is_no_task_is_refused() {
        assertThatThrownBy(() -> Trips.task("just text"))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("holds no task but a java.lang.String");
        RemoteTask<Integer, RuntimeException> noFunction = () -> 1;
        assertThatThrownBy(() -> Trips.task(noFunction, "argument")).isInstanceOf(TaskSerializationException.class);
    }

    @Test
    void the_task_says_where_it_was_written() {
        TaskEncoder encoder = new TaskEncoder(Codec.jdk());
        String name = Pattern.quote(getClass().getName());
        assertThat(encoder.encode(task(() -> 1)).describe())
                .matches("lambda in " + name + "\\.the_task_says_where_it_was_written\\(ClosureTripTest.java:\\d+\\)");
        assertThat(encoder.encode((RemoteTask<Point, RuntimeException>) Point::origin)
                        .describe())
                .isEqualTo("method reference " + Point.class.getName() + "::origin in "
                        + getClass().getName());
        assertThat(encoder.encode(new Named("x")).describe()).isEqualTo("task of class " + Named.class.getName());
    }

    @Test
    void malformed_tasks_fail_without_more_than_a_message() throws IOException {
        long seed = Long.getLong("flame4j.seed", 20_261_123L);
        java.util.Random random = new java.util.Random(seed);
        List<String> list = new ArrayList<>(List.of("a", "b"));
        int[] ints = {1, 2, 3};
        byte[] good = Trips.encode(new TaskEncoder(Codec.jdk()).encode(task(() -> list.size() + ints.length)));
        for (int i = 0; i < 3000; i++) {
            byte[] bad = good.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            ByteReader in = new ByteReader(bad);
            in.limit(random.nextInt(4) == 0 ? random.nextInt(bad.length) : bad.length);
            try {
                new TaskDecoder(Codec.jdk(), getClass().getClassLoader()).decode(in);
            } catch (IOException | io.flame4j.FlameException expected) {
                assertThat(expected.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    @Test
    void a_codec_of_the_users_gets_what_is_not_lean() throws Throwable {
        List<Object> seen = new ArrayList<>();
        Codec counting = new Codec() {
            @Override
            public void encode(Object value, java.io.OutputStream out) throws IOException {
                seen.add(value);
                Codec.jdk().encode(value, out);
            }

            @Override
            public Object decode(java.io.InputStream in, io.flame4j.codec.DecodeContext context)
                    throws IOException, ClassNotFoundException {
                return Codec.jdk().decode(in, context);
            }
        };
        List<String> list = List.of("a");
        String text = "lean";
        byte[] bytes = Trips.encode(new TaskEncoder(counting).encode(task(() -> list + text)));
        assertThat(new TaskDecoder(counting, getClass().getClassLoader())
                        .decode(new ByteReader(bytes))
                        .run(null))
                .isEqualTo("[a]lean");
        assertThat(seen).containsExactly(list);
        TimeUnit unit = TimeUnit.DAYS;
        new ValueEncoder(counting).encodeResult(unit, new ByteWriter());
        assertThat(seen).contains(unit);
    }
}
