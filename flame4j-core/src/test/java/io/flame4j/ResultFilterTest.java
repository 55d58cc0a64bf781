package io.flame4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.FailureDecoder;
import io.flame4j.internal.closure.FailureEncoder;
import io.flame4j.internal.closure.ValueDecoder;
import io.flame4j.internal.closure.ValueEncoder;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultFilterTest {

    private static final ResultFilter NOTHING_OF_OURS = ResultFilter.allowing("com.acme.**");

    record Order(String customer, List<Line> lines) implements Serializable {}

    record Line(int amount) implements Serializable {}

    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green";
            }
        }
    }

    private static Object trip(Object value, ResultFilter filter) throws IOException {
        ByteWriter out = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeResult(value, out);
        return new ValueDecoder(Codec.jdk(), ResultFilterTest.class.getClassLoader(), filter.policy())
                .decode(new ByteReader(out.toByteArray()));
    }

    private static Throwable failure(Throwable thrown, ResultFilter filter) throws IOException {
        ByteWriter out = new ByteWriter();
        FailureEncoder.encode(thrown, out);
        return new FailureDecoder(ResultFilterTest.class.getClassLoader(), filter.policy())
                .decode(new ByteReader(out.toByteArray()), "thumbs-1", new StackTraceElement[0]);
    }

    static List<Object> plainValues() {
        Map<String, Object> linked = new LinkedHashMap<>();
        linked.put("a", List.of(1, 2L, 3.0, 'c', (byte) 1, (short) 2, 1.5f, true));
        linked.put("b", Set.of("x"));
        linked.put("c", Map.of("k", "v"));
        return List.of(
                linked,
                new HashMap<>(Map.of(1, 2)),
                new TreeMap<>(Map.of(1, 2)),
                new TreeSet<>(Comparator.reverseOrder()),
                new LinkedList<>(List.of(1)),
                Arrays.asList(1, "2"),
                Collections.unmodifiableList(new ArrayList<>(List.of(1))),
                Collections.synchronizedMap(new HashMap<>(Map.of(1, 2))),
                Collections.nCopies(3, "x"),
                Collections.emptyMap(),
                EnumSet.of(TimeUnit.DAYS),
                new EnumMap<>(Map.of(DayOfWeek.FRIDAY, 1)),
                new ConcurrentHashMap<>(Map.of(1, 2)),
                new ConcurrentSkipListMap<>(Map.of(1, 2)),
                new CopyOnWriteArrayList<>(List.of(1)),
                BitSet.valueOf(new long[] {5}),
                new BigDecimal("1.50"),
                Instant.EPOCH,
                LocalDate.EPOCH,
                ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 6, ZoneId.of("Europe/Berlin")),
                Duration.ofSeconds(3),
                new GregorianCalendar(2026, 1, 2),
                UUID.nameUUIDFromBytes(new byte[0]),
                Locale.GERMANY,
                URI.create("https://example.com"),
                new InetSocketAddress("127.0.0.1", 80),
                new File("x"),
                new Timestamp(5),
                new Object[][] {{1, "x"}, {new int[] {1}}},
                new String[] {"x"},
                new BigDecimal[] {BigDecimal.ONE},
                new ArrayList<>(List.of(new byte[1 << 20])),
                int.class,
                String.class);
    }

    @ParameterizedTest
    @MethodSource("plainValues")
    void anAllowListLetsPlainValuesIn(Object value) throws IOException {
        Object read = trip(value, NOTHING_OF_OURS);
        if (value instanceof ArrayList<?> list && list.get(0) instanceof byte[]) {
            assertThat(((List<?>) read).get(0)).isEqualTo(list.get(0));
        } else {
            assertThat(read).isEqualTo(value);
        }
    }

    @Test
    void someOfThemHaveNoEquals() throws IOException {
        assertThat(trip(Pattern.compile("a+"), NOTHING_OF_OURS)).hasToString("a+");
        assertThat(trip(new AtomicLong(4), NOTHING_OF_OURS)).hasToString("4");
        assertThat(trip(new ArrayDeque<>(List.of(1)), NOTHING_OF_OURS)).hasToString("[1]");
        assertThat(trip(new StringBuilder("x"), NOTHING_OF_OURS)).hasToString("x");
    }

    @Test
    void anAllowListKeepsOtherClassesOut() {
        Order order = new Order("ada", List.of(new Line(3)));
        assertThatThrownBy(() -> trip(List.of(order), NOTHING_OF_OURS))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessage("The task ran, but its result holds class " + Order.class.getName()
                        + ", which the pool's result filter refuses: no pattern of its allow-list covers it. Return"
                        + " something else, or add a pattern: FlamePoolBuilder.resultFilter(ResultFilter.allowing(...,"
                        + " \"" + Order.class.getName() + "\")).");
        assertThatThrownBy(() -> trip(new Order[1], NOTHING_OF_OURS)).hasMessageContaining(Order.class.getName());
        assertThatThrownBy(() -> trip(Colour.RED, NOTHING_OF_OURS)).hasMessageContaining(Colour.class.getName());
        assertThatThrownBy(() -> trip(Order.class, NOTHING_OF_OURS)).hasMessageContaining(Order.class.getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.flame4j.*", "io.**", "io.flame4j.ResultFilterTest"})
    void whatAPatternNamesIsLetIn(String pattern) throws IOException {
        ResultFilter filter = ResultFilter.allowing("com.acme.**", pattern);
        Order order = new Order("ada", List.of(new Line(3)));
        assertThat(trip(order, filter)).isEqualTo(order);
        assertThat(trip(Colour.GREEN, filter)).isEqualTo(Colour.GREEN);
        assertThat(trip(new Order[] {order}, filter)).isEqualTo(new Order[] {order});
        assertThat(filter.allows(Order.class)).isTrue();
        assertThat(filter.allows(Order[][].class)).isTrue();
        assertThat(filter.allows(org.junit.jupiter.api.Assertions.class)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"io.*", "io.flame4j.internal.**", "io.flame4j.ResultFilterTes", "io.flame4", "io.flame4.**"})
    void whatAPatternOnlyNearlyNamesIsNot(String pattern) {
        assertThat(ResultFilter.allowing(pattern).allows(ResultFilterTest.class))
                .isFalse();
    }

    interface Shape extends Serializable {
        String name();
    }

    record Handler(String name) implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return name;
        }
    }

    @Test
    void aProxyIsAllowedWithItsInterfacesAndItsHandler() throws IOException {
        Shape shape = (Shape) Proxy.newProxyInstance(
                Shape.class.getClassLoader(), new Class<?>[] {Shape.class}, new Handler("round"));
        String here = ResultFilterTest.class.getName();
        assertThat(((Shape) trip(shape, ResultFilter.allowing(here))).name()).isEqualTo("round");
        assertThat(((Shape) trip(shape, ResultFilter.standard())).name()).isEqualTo("round");
        assertThatThrownBy(() -> trip(shape, ResultFilter.allowing(here + "$Shape")))
                .hasMessageContaining("class " + here + "$Handler");
        assertThatThrownBy(() -> trip(shape, ResultFilter.allowing(here + "$Handler")))
                .hasMessageContaining("class " + here + "$Shape");
    }

    /** A lambda brings code that is there already: that of the class in which it is written. */
    @Test
    void aLambdaIsAllowedWithTheClassThatItIsWrittenIn() throws IOException {
        TreeMap<String, Integer> map = new TreeMap<>((Comparator<String> & Serializable) (a, b) -> b.compareTo(a));
        map.putAll(Map.of("a", 1, "b", 2));
        assertThat(((Map<?, ?>) trip(map, ResultFilter.standard()))
                        .keySet()
                        .iterator()
                        .next())
                .isEqualTo("b");
        assertThat(trip(map, ResultFilter.allowing(getClass().getName()))).isEqualTo(map);
        assertThatThrownBy(() -> trip(map, NOTHING_OF_OURS))
                .hasMessageContaining("class " + getClass().getName());
    }

    static final class ShopException extends Exception {
        private static final long serialVersionUID = 1L;

        ShopException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    @Test
    void exceptionsOfTheJdkAndOfFlame4jPassAnAllowList() throws IOException {
        IllegalStateException thrown = new IllegalStateException("why", new FileNotFoundException("x"));
        thrown.addSuppressed(new TimeoutException());
        thrown.addSuppressed(new RunnerLostException("lost", "thumbs-1", RunnerLostException.Reason.EVICTED, null));
        Throwable read = failure(thrown, NOTHING_OF_OURS);
        assertThat(read).isInstanceOf(IllegalStateException.class).hasCauseInstanceOf(FileNotFoundException.class);
        assertThat(read.getSuppressed()).hasSize(2);
    }

    @Test
    void anExceptionThatTheAllowListLacksIsTold() throws IOException {
        ShopException thrown = new ShopException("closed", new IOException("no light"));
        assertThat(failure(thrown, ResultFilter.allowing(getClass().getName()))).isInstanceOf(ShopException.class);
        Throwable read = failure(thrown, NOTHING_OF_OURS);
        assertThat(read)
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("The task threw " + ShopException.class.getName() + ": closed")
                .hasMessageContaining("ResultFilter.allowing(..., \"" + ShopException.class.getName() + "\")");
        assertThat(((RemoteTaskException) read).remoteStackTrace()).contains("no light");
    }

    @Test
    void patternsAreCheckedAtOnce() {
        for (String bad : List.of(
                "",
                " ",
                "*",
                "**",
                ".*",
                "com/acme",
                "com.acme.",
                "com..acme",
                "com.acme.*.x",
                "com.ac*",
                "a;b",
                "!a")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ResultFilter.allowing("com.acme.**", bad))
                    .withMessageStartingWith("The pattern '" + bad + "' is malformed")
                    .withMessageContaining("com.acme.**");
        }
        assertThatNullPointerException().isThrownBy(() -> ResultFilter.allowing("a", null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResultFilter.standard().alsoAllowing("com.acme.**"))
                .withMessageContaining("changes nothing")
                .withMessageContaining("ResultFilter.allowing(\"com.acme.**\")");
        assertThatCode(() -> ResultFilter.allowing().alsoAllowing("com.acme.**"))
                .doesNotThrowAnyException();
    }

    @Test
    void limitsAreCheckedAtOnce() {
        ResultFilter filter = ResultFilter.standard();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> filter.maxDepth(0))
                .withMessage("maxDepth must be at least 1, but is 0");
        assertThatIllegalArgumentException().isThrownBy(() -> filter.maxReferences(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> filter.maxArrayLength(0));
        assertThatIllegalArgumentException().isThrownBy(() -> filter.maxBytes(0));
        assertThatNullPointerException()
                .isThrownBy(() -> FlamePool.builder("thumbs").resultFilter(null))
                .withMessage("resultFilter");
    }

    @Test
    void everyMethodReturnsACopy() throws IOException {
        ResultFilter filter = ResultFilter.allowing("com.acme.**");
        ResultFilter small = filter.maxDepth(7)
                .maxReferences(8)
                .maxArrayLength(9)
                .maxBytes(1000)
                .alsoAllowing("io.**");
        assertThat(small)
                .hasToString("ResultFilter[allowing [com.acme.**, io.**], ResultLimits[maxDepth=7,"
                        + " maxReferences=8, maxArrayLength=9, maxBytes=1000]]");
        assertThat(filter.toString()).contains("[com.acme.**]").contains("maxDepth=10000");
        assertThat(trip(new int[20], filter)).isEqualTo(new int[20]);
        assertThatThrownBy(() -> trip(new int[20], small)).hasMessageContaining("maxArrayLength(9)");
    }

    /** Its hash code asks a name server, when a map that has it as a key is read. */
    @Test
    void anAllowListHasNoUrls() throws IOException {
        assertThat(NOTHING_OF_OURS.allows(URL.class)).isFalse();
        assertThat(ResultFilter.allowing("java.net.URL").allows(URL.class)).isTrue();
        assertThat(trip(new URL("https://example.com"), ResultFilter.standard()))
                .hasToString("https://example.com");
    }
}
