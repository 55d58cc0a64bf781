package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CodeMismatchException;
import io.flame4j.FlameException;
import io.flame4j.RemoteTask;
import io.flame4j.ResultSerializationException;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records and lists of them, which must come out as JDK serialization would have made them. */
class LeanGraphTest {

    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green";
            }
        }
    }

    record Row(int id, String name, double score) implements Serializable {}

    record Every(
            boolean a,
            byte b,
            short c,
            char d,
            int e,
            long f,
            float g,
            double h,
            Boolean i,
            Byte j,
            Short k,
            Character l,
            Integer m,
            Long n,
            Float o,
            Double p,
            String q,
            Colour r,
            TimeUnit s,
            int[] t,
            Row u,
            List<Row> v)
            implements Serializable {}

    record Nothing() implements Serializable {}

    record Chain(int value, Chain next) implements Serializable {}

    record Dated(LocalDate day) implements Serializable {}

    record Unserializable(int value) {}

    record Replaced(int value) implements Serializable {
        private Object writeReplace() {
            return "replaced " + value;
        }
    }

    record Resolved(int value) implements Serializable {
        private Object readResolve() {
            return new Resolved(value + 1);
        }
    }

    /** What its accessor says is not what it holds. */
    record Shouting(String text) implements Serializable {
        @Override
        public String text() {
            return text + "!";
        }
    }

    /** Valid where it is made, and not where it is read. */
    record Positive(int value) implements Serializable {
        static final ThreadLocal<Boolean> STRICT = ThreadLocal.withInitial(() -> true);

        Positive {
            if (STRICT.get() && value < 0) {
                throw new IllegalArgumentException("must not be negative, as " + value + " is");
            }
        }
    }

    static Stream<Object> lean() {
        String text = "a string that is long enough to be shared";
        Row row = new Row(-7, "näme", Math.PI);
        List<Row> rows = new ArrayList<>(List.of(row, new Row(Integer.MAX_VALUE, null, Double.NaN), row));
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        int[] ints = {1, -1};
        return Stream.of(
                row,
                new Nothing(),
                rows,
                List.of(row),
                List.of(row, row),
                List.of(row, row, row),
                Stream.of(row, null).toList(),
                Stream.of(row, null, text, 7L).toList(),
                new ArrayList<>(Arrays.asList(1, null, "x", 'c', (byte) 3, 2.5f, Colour.GREEN, ints, ints)),
                new ArrayList<>(List.of(rows, rows, List.of(), new ArrayList<>())),
                new Object[] {row, rows, text, text, null},
                new ArrayList<>(Arrays.asList(text, new String(text), text)),
                itself,
                new Chain(1, new Chain(2, new Chain(3, null))),
                new Every(
                        true,
                        (byte) -1,
                        (short) -2,
                        'x',
                        -3,
                        Long.MIN_VALUE,
                        -0f,
                        -0.0,
                        false,
                        (byte) 1,
                        (short) 2,
                        'y',
                        1000,
                        1L << 40,
                        Float.NaN,
                        1e300,
                        "\uD800",
                        Colour.GREEN,
                        TimeUnit.DAYS,
                        ints,
                        row,
                        rows),
                new Every(
                        false, (byte) 0, (short) 0, '\0', 0, 0, 0, 0, null, null, null, null, null, null, null, null,
                        null, null, null, null, null, null),
                new Shouting("quiet"));
    }

    static Stream<Object> others() {
        List<Object> withCycle = new ArrayList<>();
        withCycle.add(List.of(withCycle));
        Chain deep = null;
        for (int i = 0; i < 200; i++) {
            deep = new Chain(i, deep);
        }
        return Stream.of(
                new Dated(LocalDate.EPOCH),
                new ArrayList<>(List.of(new Row(1, "x", 1), LocalDate.EPOCH)),
                new ArrayList<>(List.of(new Replaced(1))),
                new ArrayList<>(List.of(new Resolved(1))),
                new ArrayList<>(List.of(1)).subList(0, 1).stream().collect(Collectors.toSet()),
                deep);
    }

    @ParameterizedTest
    @MethodSource("lean")
    void is_what_jdk_serialization_makes(Object value) throws Exception {
        assertThat(isLean(value)).isTrue();
        assertThat(shape(Trips.result(value))).isEqualTo(shape(jdk(value)));
    }

    @ParameterizedTest
    @MethodSource("others")
    void what_it_cannot_hold_goes_through_the_jdk(Object value) throws Exception {
        assertThat(isLean(value)).isFalse();
        assertThat(shape(Trips.result(value))).isEqualTo(shape(jdk(value)));
    }

    @Test
    void references_that_arguments_share_stay_shared() throws Throwable {
        List<Row> rows = new ArrayList<>(List.of(new Row(1, "one", 1)));
        List<Row> same = rows;
        Row row = rows.get(0);

        boolean shared = Trips.run((RemoteTask<Boolean, RuntimeException>) () -> rows == same && rows.get(0) == row);

        assertThat(shared).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void random_graphs_are_what_jdk_serialization_makes(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            List<Object> pool = new ArrayList<>();
            Object value = graph(random, pool, 0);
            assertThat(shape(Trips.result(value)))
                    .as("seed %d, graph %d", seed, i)
                    .isEqualTo(shape(jdk(value)));
        }
    }

    @Test
    void what_a_constructor_refuses_is_an_error_with_its_reason() throws Exception {
        Positive.STRICT.set(false);
        byte[] bytes;
        try {
            bytes = encode(new ArrayList<>(List.of(new Positive(-3))));
        } finally {
            Positive.STRICT.set(true);
        }

        assertThatThrownBy(() -> decode(bytes, Trips.ALLOW_ALL))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(Positive.class.getName())
                .hasMessageContaining("must not be negative, as -3 is");
    }

    @Test
    void a_record_that_is_not_serializable_is_named() {
        assertThatThrownBy(() -> encode(new ArrayList<>(List.of(new Unserializable(1)))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(Unserializable.class.getName())
                .hasMessageContaining("not serializable");
    }

    @Test
    void components_of_another_version_are_a_mismatch() throws Exception {
        byte[] bytes = encode(List.of(new Row(1, "x", 1)));
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        // The fingerprint is that of a class which the JVM could not read: unknown.
        int name = text.indexOf(Row.class.getName()) + Row.class.getName().length();
        Arrays.fill(bytes, name, name + 8, (byte) 0);
        byte[] changed = new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("id int;", "no int;")
                .getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> decode(changed, Trips.ALLOW_ALL))
                .isInstanceOf(CodeMismatchException.class)
                .hasMessageContaining("different versions of record " + Row.class.getTypeName())
                .hasMessageContaining("no int;");
    }

    @Test
    void the_result_filter_is_asked_for_each_class_and_length() throws Exception {
        byte[] rows = encode(new ArrayList<>(List.of(new Row(1, "x", 1), new Row(2, "y", 2))));
        byte[] colours = encode(new ArrayList<>(List.of(Colour.RED)));
        ClassRules strict = new ClassRules(true, List.of());
        ClassRules standard = ResultPolicy.STANDARD.rules();
        ResultLimits limits = ResultLimits.STANDARD;

        assertThatThrownBy(() -> decode(rows, new ResultPolicy(strict, limits)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(Row.class.getName())
                .hasMessageContaining("allow-list");
        assertThatThrownBy(() -> decode(colours, new ResultPolicy(strict, limits)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(Colour.class.getName());
        assertThatThrownBy(() -> decode(rows, new ResultPolicy(standard, new ResultLimits(100, 100, 1, 1 << 20))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("maxArrayLength(1)");
        assertThatThrownBy(() -> decode(rows, new ResultPolicy(standard, new ResultLimits(100, 3, 100, 1 << 20))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("maxReferences(3)");
        assertThat(decode(rows, new ResultPolicy(standard, limits)))
                .isEqualTo(List.of(new Row(1, "x", 1), new Row(2, "y", 2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 62, 63, 64, 65, 66, 67, 300})
    void any_depth_is_read_again(int depth) throws Exception {
        for (Object leaf :
                List.of(Colour.RED, "a string of more than sixteen", new byte[1], new Row(1, "x", 1), List.of(1))) {
            Object nested = new ArrayList<>(List.of(leaf, leaf));
            for (int i = 0; i < depth; i++) {
                nested = new ArrayList<>(List.of(nested));
            }
            assertThat(shape(Trips.result(nested))).isEqualTo(shape(jdk(nested)));
        }
        Links links = null;
        for (int i = 0; i < depth; i++) {
            links = new Links(Colour.RED, links);
        }
        assertThat(Trips.result(links)).isEqualTo(links);
    }

    record Links(Colour colour, Links next) implements Serializable {}

    record Blob(byte[] bytes) implements Serializable {}

    @Test
    void limits_count_as_in_jdk_serialization() throws Exception {
        Links links = null;
        List<Chain> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            links = new Links(Colour.RED, links);
            many.add(new Chain(i, new Chain(-i, null)));
        }
        byte[] nested = encode(links);
        byte[] wide = encode(many);
        ClassRules standard = ResultPolicy.STANDARD.rules();

        assertThatThrownBy(() -> decode(nested, new ResultPolicy(standard, new ResultLimits(10, 1000, 1000, 1 << 20))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("maxDepth(10)");
        assertThatThrownBy(() -> decode(wide, new ResultPolicy(standard, new ResultLimits(100, 60, 1000, 1 << 20))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("maxReferences(60)");
        assertThat(decode(
                        encode(new Blob(new byte[20_000])),
                        new ResultPolicy(standard, new ResultLimits(10, 10, 20_000, 1 << 20))))
                .isInstanceOf(Blob.class);
    }

    @Test
    void a_filter_of_the_jvm_is_asked_for_the_classes_there_are() throws Exception {
        ObjectInputFilter own = ObjectInputFilter.Config.createFilter(Blob.class.getName() + ";java.util.*;!*");

        assertThat(decode(encode(new Blob(new byte[3])), Trips.asking(own))).isInstanceOf(Blob.class);
        assertThatThrownBy(() -> decode(encode(new Row(1, "x", 1)), Trips.asking(own)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(Row.class.getName());
    }

    /** The JDK's stream takes a filter that gives no answer, or fails, for one that rejects. */
    @ParameterizedTest
    @MethodSource("filtersOfNoUse")
    void a_filter_without_an_answer_rejects_as_in_jdk_serialization(ObjectInputFilter none) {
        ByteWriter lean = new ByteWriter();
        ByteWriter other = new ByteWriter();
        DecodeContext context = new DecodeContext(LeanGraphTest.class.getClassLoader(), none);

        assertThatThrownBy(() -> {
                    Codec.jdk().encode(new Row(1, "x", 1), lean.asOutputStream());
                    Codec.jdk().decode(new ByteReader(lean.toByteArray()).asInputStream(), context);
                })
                .isInstanceOf(InvalidClassException.class);
        assertThatThrownBy(() -> {
                    Codec.jdk().encode(new Dated(LocalDate.EPOCH), other.asOutputStream());
                    Codec.jdk().decode(new ByteReader(other.toByteArray()).asInputStream(), context);
                })
                .isInstanceOf(InvalidClassException.class);
        for (Object each : List.of(new Row(1, "x", 1), new Dated(LocalDate.EPOCH))) {
            assertThatThrownBy(() -> decode(encode(each), Trips.asking(none)))
                    .isInstanceOf(ResultSerializationException.class);
        }
    }

    static Stream<ObjectInputFilter> filtersOfNoUse() {
        return Stream.of(info -> null, info -> {
            throw new IllegalStateException("cannot tell");
        });
    }

    @Test
    void what_the_given_loader_does_not_see_is_looked_for_where_flame4j_is() throws Exception {
        ClassLoader blind = ClassLoader.getPlatformClassLoader();
        List<Object> lean = new ArrayList<>(List.of(new Row(1, "x", 1), Colour.RED));
        List<Object> other = new ArrayList<>(List.of(new Row(1, "x", 1), Colour.RED, LocalDate.EPOCH));

        for (Object each : List.of(lean, other)) {
            assertThat(new ValueDecoder(Codec.jdk(), blind, Trips.ALLOW_ALL).decode(new ByteReader(encode(each))))
                    .isEqualTo(each);
        }
    }

    @Test
    void a_class_that_nobody_has_is_named() {
        byte[] bytes = new String(encode(List.of(new Row(1, "x", 1))), StandardCharsets.ISO_8859_1)
                .replace("LeanGraphTest$Row", "LeanGraphTest$Low")
                .getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> decode(bytes, Trips.ALLOW_ALL))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("LeanGraphTest$Low, which the parent does not have");
    }

    @Test
    void a_codec_may_put_a_stream_of_its_own_around_the_input() throws Exception {
        ByteWriter out = new ByteWriter();
        List<Row> rows = new ArrayList<>(List.of(new Row(1, "x", 1)));
        Codec.jdk().encode(rows, out.asOutputStream());
        Codec.jdk().encode(rows, out.asOutputStream());
        DecodeContext context = new DecodeContext(LeanGraphTest.class.getClassLoader(), Trips.ALLOW_EVERY_CLASS);
        BufferedInputStream in = new BufferedInputStream(new ByteReader(out.toByteArray()).asInputStream());

        assertThat(Codec.jdk().decode(in, context)).isEqualTo(rows);
        assertThat(Codec.jdk().decode(in, context)).isEqualTo(rows);
        assertThat(in.read()).isNegative();
    }

    @Test
    void a_plain_record_that_comes_again_late_is_the_same_one() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            rows.add(new Row(i, "row " + i, i));
        }
        assertThat(Trips.result(rows)).isEqualTo(rows);
        rows.add(rows.get(17));

        List<Row> read = Trips.result(rows);

        assertThat(read).isEqualTo(rows);
        assertThat(read.get(10_000)).isSameAs(read.get(17));
    }

    /** Of so many, some nine pairs have the same identity hash. */
    @Test
    void objects_are_told_apart_even_with_the_same_hash() {
        IdentitySet set = new IdentitySet();
        List<Object> objects = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            objects.add(new Object());
        }

        assertThat(objects.stream().filter(set::add).count()).isEqualTo(objects.size());
        assertThat(objects.stream().filter(set::add).count()).isZero();
    }

    @Test
    void many_different_records_are_written_once_and_without_numbers() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            rows.add(new Row(i, "row", i));
        }

        assertThat(hasNumbers(rows)).isFalse();
        assertThat(hasNumbers(List.of(rows.get(0), rows.get(1), rows.get(0)))).isTrue();
    }

    private static boolean hasNumbers(Object value) throws Exception {
        return new ByteReader(LeanGraph.encode(value).toByteArray()).readBoolean();
    }

    @Test
    void short_strings_that_come_again_are_kept_once() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(new Row(i, new String("PENDING"), 0));
        }

        List<Row> read = Trips.result(rows);

        assertThat(read.get(99).name()).isSameAs(read.get(0).name());
    }

    @Test
    void mutated_bytes_give_a_value_or_an_error_of_ours() throws Exception {
        Random random = new Random(20261126);
        List<byte[]> seeds = new ArrayList<>();
        for (Object value : lean().toList()) {
            seeds.add(encode(value));
        }
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                decode(bytes, ResultPolicy.STANDARD);
            } catch (FlameException e) {
                assertThat(e.getMessage()).isNotBlank();
            } catch (IOException e) {
                // The frame was too short for what it claims.
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private static Object graph(Random random, List<Object> pool, int depth) {
        if (!pool.isEmpty() && random.nextInt(4) == 0) {
            return pool.get(random.nextInt(pool.size()));
        }
        Object made = switch (random.nextInt(depth > 5 ? 5 : 9)) {
            case 0 -> random.nextInt();
            case 1 -> "text " + random.nextLong() + random.nextLong();
            case 2 -> Colour.values()[random.nextInt(2)];
            case 3 -> new Row(random.nextInt(9), random.nextBoolean() ? null : "r" + random.nextInt(), 1.5);
            case 4 -> new long[random.nextInt(3)];
            case 5 -> List.of(graph(random, pool, depth + 1), graph(random, pool, depth + 1), 3);
            case 6 -> Stream.of(graph(random, pool, depth + 1), null).toList();
            case 7 -> new Object[] {graph(random, pool, depth + 1), null};
            default -> {
                List<Object> list = new ArrayList<>();
                for (int n = random.nextInt(5); n > 0; n--) {
                    list.add(graph(random, pool, depth + 1));
                }
                yield list;
            }
        };
        pool.add(made);
        return made;
    }

    private static boolean isLean(Object value) throws Exception {
        return LeanGraph.encode(value) != null;
    }

    private static byte[] encode(Object value) {
        ByteWriter out = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeResult(value, out);
        return out.toByteArray();
    }

    private static Object decode(byte[] bytes, ResultPolicy policy) throws Exception {
        return new ValueDecoder(Codec.jdk(), LeanGraphTest.class.getClassLoader(), policy)
                .decode(new ByteReader(bytes));
    }

    static Object jdk(Object value) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    /** Classes, values and shared references, as text. */
    static String shape(Object value) throws Exception {
        StringBuilder text = new StringBuilder();
        describe(value, new IdentityHashMap<>(), text);
        return text.toString();
    }

    private static void describe(Object value, Map<Object, Integer> seen, StringBuilder text) throws Exception {
        if (value == null || value instanceof Number || value instanceof Boolean || value instanceof Character) {
            text.append(value == null ? "" : value.getClass().getSimpleName()).append(value);
            return;
        }
        // Short strings are equal, and not always the same.
        boolean shareable = !(value instanceof String string) || string.length() >= LeanGraph.LONG_STRING;
        Integer before = shareable ? seen.putIfAbsent(value, seen.size()) : null;
        text.append('<');
        if (before != null) {
            text.append("same ").append(before);
        } else {
            text.append(value.getClass().getName()).append(':');
            if (value.getClass().isRecord()) {
                for (RecordComponent each : value.getClass().getRecordComponents()) {
                    Field field = value.getClass().getDeclaredField(each.getName());
                    field.setAccessible(true);
                    describe(field.get(value), seen, text);
                }
            } else if (value instanceof List<?> list) {
                for (Object each : list) {
                    describe(each, seen, text);
                }
            } else if (value.getClass().isArray()) {
                for (int i = 0; i < Array.getLength(value); i++) {
                    describe(Array.get(value, i), seen, text);
                }
            } else {
                text.append(value);
            }
        }
        text.append('>');
    }
}
