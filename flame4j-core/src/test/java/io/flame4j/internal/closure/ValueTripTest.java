package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.ResultSerializationException;
import io.flame4j.Trackable;
import io.flame4j.TrackedHandle;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ValueTripTest {

    record Pair(Object left, Object right) implements Serializable {}

    /** Copies in its constructor, as records with arrays should. */
    record Picture(byte[] pixels) implements Serializable {
        Picture {
            pixels = pixels.clone();
        }
    }

    static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;
        Node next;
    }

    static class Handle implements Trackable {
        private static final long serialVersionUID = 1L;
        final String name;

        Handle(String name) {
            this.name = name;
        }

        @Override
        public void tracked(TrackedHandle handle) {}
    }

    private static Object plain(Object value) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ObjectOutputStream(out).writeObject(value);
        return new ObjectInputStream(new ByteArrayInputStream(out.toByteArray())).readObject();
    }

    @Test
    void random_values_arrive_as_jdk_serialization_would_have_them() throws Throwable {
        long seed = Long.getLong("flame4j.seed", 20_261_123L);
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            Object value = value(random, 4);
            assertThat(wrapped(Trips.result(value)))
                    .as("seed %d, value %d", seed, i)
                    .isEqualTo(wrapped(plain(value)));
            Object other = random.nextInt(3) == 0 ? value : value(random, 3);
            io.flame4j.RemoteTask<Object[], RuntimeException> task = () -> new Object[] {value, other};
            Object[] expected = (Object[]) plain(new Object[] {value, other});
            Object[] read = Trips.run(task);
            assertThat(wrapped(read)).as("seed %d, captured %d", seed, i).isEqualTo(wrapped(expected));
            if (value != null && !isImmutableLeaf(value)) {
                assertThat(read[0] == read[1]).as("seed %d", seed).isEqualTo(expected[0] == expected[1]);
            }
        }
    }

    private static boolean isImmutableLeaf(Object value) {
        return value instanceof String
                || value instanceof Number
                || value instanceof Character
                || value instanceof Boolean;
    }

    /** Something that compares arrays by content, and exact types. */
    private static Object wrapped(Object value) {
        if (value instanceof Object[] array) {
            return List.of(
                    array.getClass(),
                    Arrays.stream(array).map(ValueTripTest::wrapped).toList());
        }
        if (value instanceof Pair pair) {
            return Arrays.asList("pair", wrapped(pair.left), wrapped(pair.right));
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new HashMap<>();
            map.forEach((k, v) -> copy.put(k, wrapped(v)));
            return List.of(map.getClass(), copy);
        }
        if (value instanceof List<?> list) {
            return List.of(
                    list.getClass(),
                    Arrays.asList(list.stream().map(ValueTripTest::wrapped).toArray()));
        }
        if (value != null && value.getClass().isArray()) {
            Object[] boxed = new Object[Array.getLength(value)];
            for (int i = 0; i < boxed.length; i++) {
                boxed[i] = Array.get(value, i);
            }
            return List.of(value.getClass(), List.of(boxed));
        }
        return value == null ? "null" : List.of(value.getClass(), value);
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 26 : 20)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> (byte) random.nextInt();
            case 3 -> (short) random.nextInt();
            case 4 -> (char) random.nextInt();
            case 5 -> random.nextInt() >> random.nextInt(32);
            case 6 -> random.nextLong() >> random.nextInt(64);
            case 7 -> Float.intBitsToFloat(random.nextInt());
            case 8 -> Double.longBitsToDouble(random.nextLong());
            case 9, 10 -> text(random);
            case 11 -> bytes(random);
            case 12 -> random.ints(random.nextInt(50)).toArray();
            case 13 -> random.longs(random.nextInt(50)).toArray();
            case 14 -> random.doubles(random.nextInt(50)).toArray();
            case 15 -> text(random).toCharArray();
            case 16 -> array(random, random.nextBoolean() ? float.class : short.class);
            case 17 -> array(random, boolean.class);
            case 18 -> new BigInteger(random.nextInt(600), random);
            case 19 -> random.nextBoolean() ? new UUID(random.nextLong(), 1) : Thread.State.values()[random.nextInt(6)];
            case 20, 21 -> new ArrayList<>(Arrays.asList(value(random, depth - 1), value(random, depth - 1)));
            case 22 -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                map.put(text(random), value(random, depth - 1));
                map.put(random.nextInt(), value(random, depth - 1));
                yield map;
            }
            case 23 -> {
                Object shared = value(random, depth - 1);
                yield new Pair(shared, shared);
            }
            case 24 -> new Object[] {value(random, depth - 1), value(random, depth - 1)};
            default -> new BigDecimal(new BigInteger(100, random), random.nextInt(20));
        };
    }

    private static String text(Random random) {
        int length = random.nextInt(8) == 0 ? 70_000 : random.nextInt(20);
        int bound = random.nextBoolean() ? 0x80 : random.nextBoolean() ? 0x100 : 0x10000;
        char[] chars = new char[length];
        for (int i = 0; i < length; i++) {
            chars[i] = (char) random.nextInt(bound);
        }
        return new String(chars);
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? 40_000 : random.nextInt(100)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Object array(Random random, Class<?> type) {
        Object array = Array.newInstance(type, random.nextInt(50));
        for (int i = 0; i < Array.getLength(array); i++) {
            Object element = type == float.class
                    ? (Object) random.nextFloat()
                    : type == short.class ? (Object) (short) random.nextInt() : (Object) random.nextBoolean();
            Array.set(array, i, element);
        }
        return array;
    }

    @Test
    void arrays_longer_than_a_piece_arrive() throws IOException {
        long[] longs = new Random(1).longs(100_000).toArray();
        char[] chars = new char[1_000_000];
        chars[999_999] = 'x';
        assertThat(Trips.result(longs)).isEqualTo(longs);
        assertThat(Trips.result(chars)).isEqualTo(chars);
        short[] shorts = new short[131_073];
        shorts[131_072] = -1;
        assertThat(Trips.result(shorts)).isEqualTo(shorts);
    }

    @Test
    void constructors_and_read_methods_see_what_large_arrays_hold() throws IOException {
        byte[] pixels = new byte[100_000];
        pixels[99_999] = 1;
        assertThat(Trips.result(new Picture(pixels)).pixels()).isEqualTo(pixels);
        BigInteger large = BigInteger.ONE.shiftLeft(1_000_000).add(BigInteger.TEN);
        assertThat(Trips.result(large)).isEqualTo(large);
        BitSet bits = new BitSet();
        bits.set(1_000_000);
        assertThat(Trips.result(bits)).isEqualTo(bits);
    }

    @Test
    void the_codec_works_on_any_stream() throws Exception {
        byte[] large = new byte[100_000];
        large[5] = 5;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Codec.jdk().encode(new Pair(large, "x"), out);
        Pair read = (Pair) Codec.jdk()
                .decode(
                        new ByteArrayInputStream(out.toByteArray()),
                        new DecodeContext(getClass().getClassLoader(), Trips.ALLOW_EVERY_CLASS));
        assertThat(read.left()).isEqualTo(large);
    }

    @Test
    void dynamic_proxies_arrive() throws IOException {
        java.util.Comparator<?> proxy = (java.util.Comparator<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {java.util.Comparator.class, Marker.class}, new Answer());
        Object read = Trips.result((Object) proxy);
        assertThat(read).isInstanceOf(Marker.class).isInstanceOf(java.util.Comparator.class);
        assertThat(((Marker) read).mark()).isEqualTo(42);
    }

    @Test
    void interfaces_of_proxies_that_the_given_loader_does_not_see_are_looked_for_where_flame4j_is() throws IOException {
        ClassLoader blind = ClassLoader.getPlatformClassLoader();
        for (Class<?>[] interfaces : new Class<?>[][] {
            {Marker.class, java.util.Comparator.class}, {java.util.Comparator.class, Marker.class}, {Open.class}
        }) {
            ByteWriter out = new ByteWriter();
            Object proxy = Proxy.newProxyInstance(getClass().getClassLoader(), interfaces, new Answer());
            new ValueEncoder(Codec.jdk()).encodeResult(proxy, out);
            Object read =
                    new ValueDecoder(Codec.jdk(), blind, Trips.ALLOW_ALL).decode(new ByteReader(out.toByteArray()));
            assertThat(read.getClass().getInterfaces()).containsExactly(interfaces);
        }
    }

    public interface Open {}

    interface Marker {
        int mark();
    }

    static final class Answer implements java.lang.reflect.InvocationHandler, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
            return 42;
        }
    }

    @Test
    void trackable_objects_anywhere_in_the_graph_are_found_once() throws IOException {
        Handle one = new Handle("one");
        Handle two = new Handle("two");
        Pair value = new Pair(new ArrayList<>(List.of(one, two)), Map.of("again", one));
        ByteWriter out = new ByteWriter();
        TrackedResult tracked =
                new ValueEncoder(failing()).encodeTracked(value, out, new AtomicLong(7)::getAndIncrement);
        assertThat(tracked.originals()).containsExactly(new TrackedOriginal(7, one), new TrackedOriginal(8, two));

        DecodedResult read = decodeTracked(out);

        Pair copy = (Pair) read.value();
        List<?> list = (List<?>) copy.left();
        assertThat(read.tracked()).extracting(TrackedEntry::id).containsExactly(7L, 8L);
        assertThat(read.tracked().get(0).copy())
                .isSameAs(list.get(0))
                .isSameAs(((Map<?, ?>) copy.right()).get("again"));
        assertThat(read.tracked().get(1).copy()).isSameAs(list.get(1));
    }

    @Test
    void a_trackable_result_and_one_without_any() throws IOException {
        Handle handle = new Handle("alone");
        ByteWriter out = new ByteWriter();
        new ValueEncoder(failing()).encodeTracked(handle, out, () -> 1);
        DecodedResult read = decodeTracked(out);
        assertThat(read.tracked().get(0).copy()).isSameAs(read.value());
        for (Object untracked : new Object[] {"leaf", List.of(1), new byte[] {1}}) {
            ByteWriter other = new ByteWriter();
            assertThat(new ValueEncoder(failing())
                            .encodeTracked(untracked, other, () -> 1)
                            .originals())
                    .isEmpty();
            DecodedResult readUntracked = decodeTracked(other);
            assertThat(readUntracked.value()).isEqualTo(untracked);
            assertThat(readUntracked.tracked()).isEmpty();
        }
    }

    private static DecodedResult decodeTracked(ByteWriter out) throws IOException {
        return new ValueDecoder(failing(), ValueTripTest.class.getClassLoader(), Trips.ALLOW_ALL)
                .decodeTracked(new ByteReader(out.toByteArray()));
    }

    /** Tracking goes by JDK serialization, whatever the codec. */
    private static Codec failing() {
        return new Codec() {
            @Override
            public void encode(Object value, java.io.OutputStream out) {
                throw new AssertionError("not asked");
            }

            @Override
            public Object decode(java.io.InputStream in, DecodeContext context) {
                throw new AssertionError("not asked");
            }
        };
    }

    @Test
    void a_result_that_cannot_travel_leaves_nothing_behind() {
        ByteWriter out = new ByteWriter();
        out.writeInt(1);
        assertThatThrownBy(() -> new ValueEncoder(Codec.jdk()).encodeResult(new Pair(1, new Object()), out))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("The task ran, but its result")
                .hasMessageContaining("result (" + Pair.class.getTypeName() + ") → " + Pair.class.getTypeName()
                        + ".right" + " → java.lang.Object")
                .hasMessageContaining("Cure: ");
        assertThatThrownBy(() -> new ValueEncoder(Codec.jdk()).encodeTracked(new Pair(1, new Object()), out, () -> 1))
                .isInstanceOf(ResultSerializationException.class);
        assertThat(out.size()).isEqualTo(4);
    }

    @Test
    void the_filter_guards_results_and_is_named() {
        ObjectInputFilter filter = ObjectInputFilter.Config.createFilter("java.base/*;!*");
        assertThatThrownBy(() -> Trips.result(new Pair(1, 2), Trips.asking(filter)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("class " + Pair.class.getTypeName())
                .hasMessageContaining("filter");
    }

    @Test
    void the_filter_lets_pass_what_only_carries_large_arrays() throws IOException {
        ObjectInputFilter filter = ObjectInputFilter.Config.createFilter("java.base/*;!*");
        byte[] large = new byte[50_000];
        List<byte[]> read = Trips.result(new ArrayList<>(List.of(large)), Trips.asking(filter));
        assertThat(read.get(0)).isEqualTo(large);
    }

    @Test
    void an_array_that_the_message_cannot_hold_is_not_allocated() throws IOException {
        ByteWriter out = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeResult(new Serializable[] {"find me"}, out);
        byte[] bytes = out.toByteArray();
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("find me");
        // Length of the array, then the tag and the length of the string.
        bytes[at - 7] = 0x7F;
        ByteReader in = new ByteReader(bytes);
        assertThatThrownBy(() -> new ValueDecoder(Codec.jdk(), getClass().getClassLoader(), Trips.ALLOW_ALL).decode(in))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("an array of 2130706433 elements");
    }

    @Test
    void malformed_results_fail_without_more_than_a_message() throws IOException {
        long seed = Long.getLong("flame4j.seed", 20_261_123L);
        Random random = new Random(seed);
        ByteWriter out = new ByteWriter();
        new ValueEncoder(Codec.jdk())
                .encodeTracked(List.of(new Handle("x"), new Pair(1, "text"), new byte[40_000]), out, () -> 3);
        byte[] good = out.toByteArray();
        for (int i = 0; i < 3000; i++) {
            byte[] bad = good.clone();
            int range = random.nextBoolean() ? 16 : bad.length;
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(range);
                bad[at < 16 ? at : bad.length - 1 - at % 600] = (byte) random.nextInt();
            }
            try {
                new ValueDecoder(Codec.jdk(), getClass().getClassLoader(), Trips.ALLOW_ALL)
                        .decodeTracked(new ByteReader(bad));
            } catch (IOException | io.flame4j.FlameException expected) {
                assertThat(expected.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    private static Node chain(int length) {
        Node first = new Node();
        Node last = first;
        for (int i = 1; i < length; i++) {
            last.next = new Node();
            last = last.next;
        }
        return first;
    }

    @Test
    void a_graph_that_is_too_deep_is_explained() throws IOException {
        assertThatThrownBy(() -> Trips.result(chain(100_000)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("nested too deeply")
                .hasMessageContaining(
                        "from result (" + Node.class.getTypeName() + ") to an object of " + Node.class.getTypeName())
                .hasMessageContaining("list or an array")
                .hasMessageContaining("-Xss");
        Node chain = chain(100_000);
        io.flame4j.RemoteTask<Object, RuntimeException> task = () -> chain.next;
        assertThatThrownBy(() -> new TaskEncoder(Codec.jdk()).encode(task))
                .isInstanceOf(io.flame4j.TaskSerializationException.class)
                .hasMessageContaining("nested too deeply")
                .hasMessageContaining(Node.class.getTypeName());
        assertThat(Trips.result(chain(500)).next).isNotNull();
    }

    @Test
    void ten_thousand_links_arrive_where_stacks_are_deep_enough_and_are_explained_where_not() throws Exception {
        for (long stack : new long[] {512 << 10, 64 << 20}) {
            Object[] outcome = new Object[1];
            Thread thread = new Thread(null, () -> outcome[0] = tripOrMessage(chain(10_000)), "chain", stack);
            thread.start();
            thread.join();
            if (stack > 1 << 20) {
                assertThat(outcome[0]).isInstanceOf(Node.class);
            } else {
                assertThat((String) outcome[0]).contains("nested too deeply").contains(Node.class.getTypeName());
            }
        }
    }

    private static Object tripOrMessage(Node node) {
        try {
            return Trips.result(node);
        } catch (IOException | ResultSerializationException e) {
            return e.getMessage();
        }
    }

    @Test
    void a_graph_that_is_too_deep_to_be_read_is_explained() throws Exception {
        ByteWriter out = new ByteWriter();
        Throwable[] failure = new Throwable[1];
        Thread deep = new Thread(
                null, () -> new ValueEncoder(Codec.jdk()).encodeResult(chain(100_000), out), "deep", 1L << 30);
        deep.start();
        deep.join();
        Thread shallow = new Thread(
                null,
                () -> {
                    try {
                        new ValueDecoder(Codec.jdk(), getClass().getClassLoader(), Trips.ALLOW_ALL)
                                .decode(new ByteReader(out.toByteArray()));
                    } catch (IOException | RuntimeException e) {
                        failure[0] = e;
                    }
                },
                "shallow",
                1 << 20);
        shallow.start();
        shallow.join();
        assertThat(failure[0])
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("nested too deeply to be read");
    }
}
