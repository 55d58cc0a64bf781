package io.flame4j.fory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.codec.NotEncodableException;
import io.flame4j.fory.Shop.AppCodec;
import io.flame4j.fory.Shop.Basket;
import io.flame4j.fory.Shop.Item;
import io.flame4j.fory.Shop.Order;
import io.flame4j.fory.Shop.Secret;
import io.flame4j.fory.Shop.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels by Fory, and what does not. */
class ForyCodecTest {

    static final DecodeContext CONTEXT =
            new DecodeContext(ForyCodecTest.class.getClassLoader(), info -> ObjectInputFilter.Status.UNDECIDED, true);

    /** Kept over the tests, as in an application: each instance of Fory takes its time. */
    private static final Codec CODEC = new AppCodec();

    private static final Codec RUNNERS = new AppCodec();

    static byte[] encode(Codec codec, Object value) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        codec.encode(value, out);
        return out.toByteArray();
    }

    static Object decode(Codec codec, byte[] bytes) throws Exception {
        return codec.decode(new ByteArrayInputStream(bytes), CONTEXT);
    }

    @SuppressWarnings("unchecked")
    private <T> T trip(T value) throws Exception {
        return (T) decode(RUNNERS, encode(CODEC, value));
    }

    static Stream<Object> values() {
        List<Integer> withNull = new ArrayList<>(Arrays.asList(1, null, 3));
        Map<String, Object> mixed = new LinkedHashMap<>();
        mixed.put("b", 1L);
        mixed.put("a", List.of("x"));
        mixed.put("none", null);
        return Stream.of(
                new Item(1, "ä name", 2.5),
                new Item(1, null, 2.5),
                new Order("ada", Status.DONE, List.of(new Item(1, "x", 2)), Map.of("x", 1)),
                List.of(Status.OPEN, Status.DONE),
                withNull,
                List.of(),
                List.of(1),
                List.of(1, 2, 3),
                Arrays.asList("a", null),
                Collections.emptyList(),
                Collections.singletonList("one"),
                Collections.unmodifiableList(new ArrayList<>(List.of(1, 2))),
                Collections.synchronizedList(new ArrayList<>(List.of(1, 2))),
                new LinkedList<>(List.of("a", "b")),
                new HashSet<>(Set.of("a", "b")),
                new LinkedHashSet<>(List.of("b", "a")),
                new TreeSet<>(List.of("b", "a")),
                new TreeSet<>(Set.of(new BigDecimal("1.5"))),
                Set.of(1, 2, 3),
                new HashMap<>(Map.of("a", 1)),
                mixed,
                new TreeMap<>(Map.of("b", 1, "a", 2)),
                new TreeMap<String, Integer>(Comparator.reverseOrder()),
                new ConcurrentHashMap<>(Map.of("a", 1)),
                Map.of("a", 1, "b", 2),
                new EnumMap<>(Map.of(Status.DONE, "x")),
                EnumSet.of(Status.OPEN),
                Optional.of("x"),
                Optional.empty(),
                OptionalInt.of(3),
                Instant.now(),
                LocalDate.now(),
                LocalDateTime.now(),
                ZonedDateTime.now(ZoneId.of("Europe/Berlin")),
                Duration.ofMillis(3),
                new Date(5),
                new BigDecimal("123.4500"),
                new BigInteger("12345678901234567890"),
                UUID.randomUUID(),
                URI.create("https://example.org/a"),
                Locale.GERMANY,
                "text",
                'c',
                1L << 40);
    }

    @ParameterizedTest
    @MethodSource("values")
    void whatIsCommonTravels(Object value) throws Exception {
        Object back = trip(value);
        assertThat(back).isEqualTo(value).hasSameClassAs(value);
        // Once more, by the instance that now knows the class.
        assertThat(decode(CODEC, encode(CODEC, value))).isEqualTo(value);
    }

    @Test
    void arraysTravel() throws Exception {
        Item item = new Item(7, "seven", 7);
        assertThat(trip(new Item[] {item, null, item})).isEqualTo(new Item[] {item, null, item});
        assertThat(trip(new Object[] {1, "a", new int[] {3}, item}))
                .isEqualTo(new Object[] {1, "a", new int[] {3}, item});
        assertThat(trip(new Instant[] {Instant.EPOCH})).containsExactly(Instant.EPOCH);
        assertThat(trip(new Item[][] {{item}, {}})).isDeepEqualTo(new Item[][] {{item}, {}});
        assertThat(trip(Stream.of(1, 2, 3).toList())).isEqualTo(List.of(1, 2, 3));
        assertThat(trip(new int[][] {{1}, {}, {2, 3}})).isDeepEqualTo(new int[][] {{1}, {}, {2, 3}});
        assertThat(trip(new String[] {"a", null})).isEqualTo(new String[] {"a", null});
        assertThat(trip(new double[] {1.5})).isEqualTo(new double[] {1.5});
        assertThat(trip(new ArrayDeque<>(List.of(1, 2)))).containsExactly(1, 2);
    }

    @Test
    void referencesStayShared() throws Exception {
        Item item = new Item(7, "seven", 7);
        Basket basket = new Basket("ada");
        basket.items.add(item);
        basket.items.add(item);
        basket.items.add(new Item(7, "seven", 7));
        basket.next = basket;
        Object[] pair = trip(new Object[] {basket, basket.items});
        Basket back = (Basket) pair[0];
        assertThat(back.owner).isEqualTo("ada");
        assertThat(back.next).isSameAs(back);
        assertThat(pair[1]).isSameAs(back.items);
        assertThat(back.items.get(0))
                .isEqualTo(item)
                .isSameAs(back.items.get(1))
                .isNotSameAs(back.items.get(2));
        assertThat(back.cached).isNull();
    }

    @Test
    void manyRecordsTravel() throws Exception {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            items.add(new Item(i, "item " + i, i / 3.0));
        }
        for (int i = 0; i < 15; i++) {
            assertThat(trip(items)).isEqualTo(items);
        }
    }

    @Test
    void threadsDoNotMeet() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int thread = t;
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        Order order =
                                new Order("t" + thread, Status.OPEN, List.of(new Item(i, "n", i)), Map.of("i", i));
                        assertThat(trip(order)).isEqualTo(order);
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatIsNotNamedIsRefused() throws Exception {
        List<Object> holders = List.of(
                new Secret("x"),
                List.of("a", new Secret("x")),
                new Object[] {new Secret("x")},
                new Secret[] {new Secret("x")},
                Map.of("k", new Secret("x")),
                Optional.of(new Secret("x")));
        for (Object holder : holders) {
            assertThatThrownBy(() -> encode(CODEC, holder)).isInstanceOfSatisfying(NotEncodableException.class, e -> {
                assertThat(e.getMessage()).endsWith("Shop$Secret");
                assertThat(e.cure()).startsWith("register it: ").contains("Shop$AppCodec");
            });
        }
        // A refusal leaves nothing behind.
        assertThat(trip(new Item(1, "a", 2))).isEqualTo(new Item(1, "a", 2));
    }

    @Test
    void lambdasAndProxiesInsideAreRefused() {
        Supplier<String> lambda = (Supplier<String> & Serializable) () -> "x";
        assertThatThrownBy(() -> encode(CODEC, List.of(lambda)))
                .isInstanceOfSatisfying(
                        NotEncodableException.class, e -> assertThat(e.cure()).startsWith("capture the lambda itself"));
        Comparator<String> byLength = (Comparator<String> & Serializable) (a, b) -> a.length() - b.length();
        TreeMap<String, String> sorted = new TreeMap<>(byLength);
        sorted.put("a", "b");
        assertThatThrownBy(() -> encode(CODEC, sorted)).isInstanceOf(NotEncodableException.class);
        assertThatThrownBy(() -> encode(CODEC, List.of(Item.class))).isInstanceOf(NotEncodableException.class);
        Object proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Supplier.class}, (self, method, arguments) -> null);
        assertThatThrownBy(() -> encode(CODEC, new Object[] {proxy})).isInstanceOf(NotEncodableException.class);
    }

    @Test
    void whatReplacesItselfTravelsIfBothAreNamed() throws Exception {
        Codec both = new ForyCodec(Replaced.class, Stand.class) {};
        Object back = decode(both, encode(both, List.of(new Replaced("x"), new Replaced("y"))));
        assertThat(back)
                .asInstanceOf(list(Replaced.class))
                .extracting(r -> r.text)
                .containsExactly("x", "y");
        Codec one = new ForyCodec(Replaced.class) {};
        assertThatThrownBy(() -> encode(one, new Replaced("x")))
                .isInstanceOf(NotEncodableException.class)
                .hasMessageEndingWith("Stand");
    }

    static final class Replaced implements Serializable {
        private static final long serialVersionUID = 1L;

        final transient String text;

        Replaced(String text) {
            this.text = text;
        }

        private Object writeReplace() {
            return new Stand(text);
        }
    }

    record Stand(String text) implements Serializable {
        private Object readResolve() {
            return new Replaced(text);
        }
    }

    @Test
    void whatWritesItselfTravels() throws Exception {
        Codec own = new ForyCodec(Custom.class) {};
        Custom back = (Custom) decode(own, encode(own, new Custom(5)));
        assertThat(back.twice).isEqualTo(10);
    }

    static class Base implements Serializable {
        private static final long serialVersionUID = 1L;
        int half = 3;
    }

    static final class Custom extends Base {
        private static final long serialVersionUID = 1L;

        transient int twice;

        Custom(int once) {
            twice = 2 * once;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            out.writeInt(twice);
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            twice = in.readInt();
        }
    }

    @Test
    void nothingIsKeptOfWhatHasTravelled() throws Exception {
        Basket basket = new Basket("large");
        WeakReference<Basket> here = new WeakReference<>(basket);
        WeakReference<Basket> there = new WeakReference<>(trip(basket));
        basket = null;
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            System.gc();
            assertThat(here.get()).isNull();
            assertThat(there.get()).isNull();
        });
    }

    /** Cannot be made there. */
    record Picky(String text, int number) {
        Picky {
            if (number < 0 && text.equals("sent")) {
                throw new IllegalArgumentException("no numbers below zero");
            }
        }
    }

    @Test
    void whatCannotBeMadeSaysWhy() throws Exception {
        Codec own = new ForyCodec(Picky.class) {};
        byte[] bytes = encode(own, List.of(new Picky("x", 1), new Picky("sene", -1)));
        for (int i = HostileBytesTest.HEAD; i <= bytes.length - 4; i++) {
            if (new String(bytes, i, 4, StandardCharsets.ISO_8859_1).equals("sene")) {
                bytes[i + 3] = 't';
            }
        }
        byte[] message = HostileBytesTest.withChecksum(bytes);
        assertThatThrownBy(() -> decode(own, message))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no numbers below zero")
                .hasMessageNotContaining("Picky[");
    }

    @Test
    void aLongChainIsTooDeepAndNothingWorse() throws Exception {
        Basket first = new Basket("0");
        Basket last = first;
        for (int i = 1; i < 200_000; i++) {
            last.next = new Basket("b");
            last = last.next;
        }
        assertThatThrownBy(() -> encode(CODEC, first)).isInstanceOf(StackOverflowError.class);
        assertThat(trip(new Item(1, "a", 2))).isEqualTo(new Item(1, "a", 2));
    }

    @Test
    void whatCannotBeNamedIsRefusedAtOnce() {
        refused("is named twice", Item.class, Item.class);
        refused("is an interface", Runnable.class);
        refused("is abstract", Number.class);
        refused("travels by itself", Item[].class);
        refused("travels by itself", int.class);
        Runnable lambda = () -> {};
        refused("is a lambda", lambda.getClass());
    }

    private static void refused(String why, Class<?>... classes) {
        assertThatThrownBy(() -> new ForyCodec(classes) {})
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    /** Reads by itself and replaces itself, and leaves the writing to the JDK. */
    public static class Half implements Serializable {
        private static final long serialVersionUID = 1L;

        int number = 7;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
        }

        private Object readResolve() {
            return this;
        }
    }

    /** The same, and writes by itself. */
    public static class Whole implements Serializable {
        private static final long serialVersionUID = 1L;

        int number = 7;

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
        }

        private Object readResolve() {
            return this;
        }
    }

    @Test
    void whatReadsWritesAndReplacesItselfTravels() throws Exception {
        Codec codec = new ForyCodec(Half.class, Whole.class) {};

        assertThat(decode(codec, encode(codec, new Whole())))
                .isInstanceOfSatisfying(
                        Whole.class, back -> assertThat(back.number).isEqualTo(7));
        assertThat(decode(codec, encode(codec, new Half())))
                .isInstanceOfSatisfying(
                        Half.class, back -> assertThat(back.number).isEqualTo(7));
    }
}
