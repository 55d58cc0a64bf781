package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.flame4j.FlameException;
import io.flame4j.ResultSerializationException;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.RandomAccess;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the parent makes of bytes that no honest runner would send. */
@Timeout(300)
class HostileResultTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_123L);
    private static final int ROUNDS = 100_000;

    /** For frames of some hundred bytes: a few arrays of the length that is always allowed. */
    private static final long MOST_ALLOCATED = 4 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final ClassLoader LOADER = HostileResultTest.class.getClassLoader();

    private final Random random = new Random(SEED);

    private record Point(int x, int y, List<String> names) implements Serializable {}

    private static ValueDecoder decoder(ObjectInputFilter filter) {
        return new ValueDecoder(Codec.jdk(), LOADER, Trips.asking(filter));
    }

    private static final ObjectInputFilter NONE = info -> ObjectInputFilter.Status.UNDECIDED;

    private static byte[] result(Object value) {
        ByteWriter out = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeResult(value, out);
        return out.toByteArray();
    }

    private static byte[] failure(Throwable thrown) {
        ByteWriter out = new ByteWriter();
        FailureEncoder.encode(thrown, out);
        return out.toByteArray();
    }

    private byte[] mutate(byte[] good) {
        byte[] bytes = good.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= 1 << random.nextInt(8);
                case 2 ->
                    Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) (random.nextBoolean() ? 0x7F : -1));
                default -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
            }
        }
        return bytes;
    }

    private interface Reading {
        void read(ByteReader in) throws IOException;
    }

    private void fuzz(List<byte[]> seeds, Reading reading) {
        long thread = Thread.currentThread().getId();
        int refused = 0;
        long largest = 0;
        for (byte[] good : seeds) {
            try {
                // Class files are read for their fingerprints the first time.
                reading.read(new ByteReader(good));
            } catch (IOException e) {
                fail("a good one", e);
            }
        }
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = mutate(seeds.get(random.nextInt(seeds.size())));
            long before = THREADS.getThreadAllocatedBytes(thread);
            try {
                reading.read(new ByteReader(bytes));
            } catch (IOException | FlameException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                fail("seed " + SEED + ", round " + i, e);
            }
            largest = Math.max(largest, THREADS.getThreadAllocatedBytes(thread) - before);
            assertThat(largest).as("seed " + SEED + ", round " + i).isLessThan(MOST_ALLOCATED);
        }
        System.out.println(refused + " of " + ROUNDS + " refused, at most " + largest + " bytes allocated");
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
    }

    @Test
    void mutatedResultsAreReadOrRefused() {
        List<byte[]> seeds = new ArrayList<>();
        for (Object value : List.of(
                "text",
                "\uD83D\uDE00 text",
                new int[] {1, 2, 3},
                new long[20],
                new double[20],
                new boolean[20],
                new byte[400],
                new Object[] {"a", 1, new byte[] {1}},
                new ArrayList<>(List.of(1, 2, 3)),
                new HashMap<>(Map.of("a", 1, "b", 2)),
                new HashSet<>(Set.of("a", "b")),
                new Point(1, 2, List.of("a", "b")),
                Instant.EPOCH,
                new UUID(0x0123_4567_89AB_4CDEL, 0x8FED_CBA9_8765_4321L),
                new BigDecimal("12345678901234567890.5"),
                new IllegalStateException("kept"))) {
            seeds.add(result(value));
        }
        ValueDecoder decoder = decoder(NONE);
        fuzz(seeds, decoder::decode);
        fuzz(seeds, decoder::decodeTracked);
    }

    @Test
    void mutatedFailuresAreReadOrRefused() {
        IllegalStateException thrown = new IllegalStateException("why", new IOException("because"));
        thrown.addSuppressed(new ArithmeticException("also"));
        // Short traces, so that what is hit is not always a frame.
        thrown.setStackTrace(Arrays.copyOf(thrown.getStackTrace(), 3));
        thrown.getCause().setStackTrace(new StackTraceElement[0]);
        FailureDecoder decoder = new FailureDecoder(LOADER, Trips.asking(NONE));
        fuzz(
                List.of(failure(thrown), failure(new AssertionError("short"))),
                in -> assertThat(decoder.decode(in, "thumbs-1", new StackTraceElement[0]))
                        .isNotNull());
    }

    @Test
    void theFilterOfThisJvmIsAskedForArraysThatAreAWholeResult() throws IOException {
        ObjectInputFilter small = ObjectInputFilter.Config.createFilter("maxarray=10");
        for (Object array : List.of(new byte[11], new int[11], new boolean[11], new double[11])) {
            assertThatThrownBy(() -> decoder(small).decode(new ByteReader(result(array))))
                    .isInstanceOf(ResultSerializationException.class)
                    .hasMessageContaining("the filter of this JVM refuses")
                    .hasMessageContaining(array.getClass().getTypeName());
        }
        assertThat(decoder(small).decode(new ByteReader(result(new int[10])))).isEqualTo(new int[10]);
        ObjectInputFilter broken = info -> {
            throw new IllegalStateException("broken");
        };
        assertThatThrownBy(() -> decoder(broken).decode(new ByteReader(result(new int[1]))))
                .isInstanceOf(ResultSerializationException.class);
    }

    @Test
    void anArrayThatTheMessageCannotHoldIsNotAllocated() {
        byte[] bytes = result(new Serializable[] {"a"});
        // The length follows the descriptor of the array's class, which ends with "no superclass".
        int length = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("xp") + 2;
        bytes[length] = 0x7F;
        assertThatThrownBy(() -> decoder(NONE).decode(new ByteReader(bytes)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("more than the message can hold");
    }

    /** A few bytes that announce gigabytes, and then nothing. */
    @Test
    void whatIsAnnouncedIsNotSetAsideBeforeItComes() {
        long announced = 2_000_000_000L;
        for (Object honest : List.of(
                new byte[4],
                new int[4],
                new long[4],
                new double[4],
                new float[4],
                new char[4],
                new short[4],
                new boolean[4],
                "text")) {
            byte[] bytes = result(honest);
            // The tag, then the length in a byte.
            int at = indexOfLength(bytes);
            ByteWriter frame = new ByteWriter();
            for (int i = 0; i < at; i++) {
                frame.writeByte(bytes[i]);
            }
            frame.writeVarInt((int) (announced / 16));
            ByteReader in = new ByteReader(
                    ByteBuffer.allocate(64).flip(),
                    Channels.newChannel(new ByteArrayInputStream(frame.toByteArray())),
                    false);
            in.limit(announced);
            long thread = Thread.currentThread().getId();
            long before = THREADS.getThreadAllocatedBytes(thread);
            assertThatThrownBy(() -> decoder(NONE).decode(in)).isInstanceOf(Exception.class);
            assertThat(THREADS.getThreadAllocatedBytes(thread) - before)
                    .as(honest.getClass().getSimpleName())
                    .isLessThan(16 << 20);
        }
    }

    private static int indexOfLength(byte[] bytes) {
        for (int i = 1; i < bytes.length; i++) {
            if (bytes[i] == 4) {
                return i;
            }
        }
        throw new AssertionError("no length 4 in the message");
    }

    /** The JDK takes a map with a key too many for an error of its own. */
    @Test
    void aMapWithAKeyTooManyIsRefused() {
        byte[] bytes = result(Map.of("a", "b", "c", "d"));
        int count = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("w\4\0\0\0\4");
        bytes[count + 5] = 3;
        assertThatThrownBy(() -> decoder(NONE).decode(new ByteReader(bytes)))
                .isInstanceOf(ResultSerializationException.class)
                .hasRootCauseInstanceOf(InternalError.class);
    }

    private record Mute() implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return null;
        }
    }

    private static void permutations(List<Class<?>> rest, List<Class<?>> begun, List<Class<?>[]> found, int most) {
        if (rest.isEmpty() && found.size() < most) {
            found.add(begun.toArray(Class<?>[]::new));
        }
        for (Class<?> next : rest) {
            if (found.size() >= most) {
                return;
            }
            List<Class<?>> others = new ArrayList<>(rest);
            others.remove(next);
            List<Class<?>> longer = new ArrayList<>(begun);
            longer.add(next);
            permutations(others, longer, found, most);
        }
    }

    /** A class is made for each order of interfaces, and never unloaded. */
    @Test
    void onlySoManyKindsOfProxiesAreMade() throws IOException {
        ResultPolicy policy =
                new ResultPolicy(new ClassRules(false, List.of()), ResultPolicy.STANDARD.limits(), () -> NONE);
        ValueDecoder decoder = new ValueDecoder(Codec.jdk(), LOADER, policy);
        List<Class<?>[]> kinds = new ArrayList<>();
        permutations(
                List.of(
                        Runnable.class,
                        Callable.class,
                        Cloneable.class,
                        RandomAccess.class,
                        AutoCloseable.class,
                        Serializable.class,
                        Iterable.class),
                List.of(),
                kinds,
                ClassRules.MOST_PROXIES + 1);
        for (Class<?>[] kind : kinds.subList(0, ClassRules.MOST_PROXIES)) {
            assertThat(decoder.decode(new ByteReader(proxy(kind)))).isInstanceOf(Runnable.class);
        }
        assertThatThrownBy(() -> decoder.decode(new ByteReader(proxy(kinds.get(ClassRules.MOST_PROXIES)))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("one kind more than the 1000");
        assertThat(decoder.decode(new ByteReader(proxy(kinds.get(0)))))
                .as("one that is there already")
                .isInstanceOf(Runnable.class);
    }

    private static byte[] proxy(Class<?>[] interfaces) {
        return result(Proxy.newProxyInstance(LOADER, interfaces, new Mute()));
    }

    static final class Unwanted implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void theFilterIsAskedForResultsAndFailures() {
        byte[] bytes = result(new ArrayList<>(List.of(new Unwanted())));
        ObjectInputFilter picky = info ->
                info.serialClass() != null && info.serialClass().getName().endsWith("Unwanted")
                        ? ObjectInputFilter.Status.REJECTED
                        : ObjectInputFilter.Status.UNDECIDED;
        assertThatThrownBy(() -> decoder(picky).decode(new ByteReader(bytes)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("Unwanted");
        FailureDecoder failures = new FailureDecoder(LOADER, Trips.asking(picky));
        assertThat(decodeFailure(failures, new CarrierException(new Unwanted())))
                .hasMessageContaining("the filter of this JVM refuses");
    }

    static final class CarrierException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("unused")
        private final Unwanted cargo;

        CarrierException(Unwanted cargo) {
            super("cargo");
            this.cargo = cargo;
        }
    }

    /** Legal, and seen in the wild: an exception that makes its stack up. */
    static final class StacklessException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private boolean travelled;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            travelled = true;
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            if (travelled) {
                throw new UnsupportedOperationException("no stack");
            }
            return super.getStackTrace();
        }
    }

    @Test
    void aFailureWithoutAStackIsStillWhatTheTaskThrew() {
        FailureDecoder decoder = new FailureDecoder(LOADER, Trips.asking(NONE));
        assertThat(decodeFailure(decoder, new StacklessException()).getClass()).isEqualTo(StacklessException.class);
    }

    private static Throwable decodeFailure(FailureDecoder decoder, Throwable thrown) {
        try {
            return decoder.decode(new ByteReader(failure(thrown)), "thumbs-1", new StackTraceElement[0]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
