package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.RemoteTaskException;
import io.flame4j.ResultFilter;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerContext;
import io.flame4j.Trackable;
import io.flame4j.TrackedHandle;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.FailureEncoder;
import io.flame4j.internal.closure.ValueEncoder;
import io.flame4j.internal.wire.Protocol;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.Reference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the pool's result filter refuses fails its call, and nothing else: the next one goes over the same connection. */
@Timeout(120)
class RefusedResultTest extends PoolTestBase {

    /** What a runner that was taken over sends, before it is good again. */
    enum Attack {
        REFUSED_CLASS("class javax.naming.Reference, which the pool's result filter refuses: ", "alsoAllowing("),
        REFUSED_CLASS_IN_A_LIST("class javax.naming.Reference, which the pool's result filter refuses: ", "(JNDI)"),
        REFUSED_PROGRESS("", ""),
        TOO_DEEP("objects nested more than 50 deep", "maxDepth(50)"),
        TOO_MANY("more than 1000 references", "maxReferences(1000)"),
        TOO_LONG_AN_ARRAY("an array of 5001 elements", "maxArrayLength(5000)"),
        TOO_LARGE(" bytes, which the pool's result filter refuses: ", "maxBytes(100000)"),
        TOO_LARGE_AND_LEAN(" bytes, which the pool's result filter refuses: ", "maxBytes(100000)");

        private final String what;
        private final String setting;

        Attack(String what, String setting) {
            this.what = what;
            this.setting = setting;
        }

        Object value() {
            return switch (this) {
                case REFUSED_CLASS, REFUSED_PROGRESS -> new Reference("com.acme.Shop");
                case REFUSED_CLASS_IN_A_LIST -> List.of("x", List.of(new Reference("com.acme.Shop")));
                case TOO_DEEP -> nested(60);
                case TOO_MANY -> many(2_000);
                case TOO_LONG_AN_ARRAY -> new byte[5_001];
                case TOO_LARGE -> List.of("x".repeat(100_001));
                case TOO_LARGE_AND_LEAN -> "x".repeat(100_001);
            };
        }
    }

    private static Object nested(int depth) {
        Object inner = "x";
        for (int i = 0; i < depth; i++) {
            inner = new ArrayList<>(List.of(inner));
        }
        return inner;
    }

    private static Object many(int count) {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            many.add(new int[0]);
        }
        return many;
    }

    private static void send(int type, int sequence, ByteWriter body, SocketChannel slot) throws IOException {
        byte[] bytes = body.toByteArray();
        ByteBuffer frame = ByteBuffer.allocate(16 + bytes.length)
                .put((byte) type)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(sequence)
                .putLong(bytes.length)
                .put(bytes)
                .flip();
        while (frame.hasRemaining()) {
            slot.write(frame);
        }
    }

    private static ByteWriter result(Object value) {
        ByteWriter body = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeResult(value, body);
        return body;
    }

    private static FlamePoolBuilder bounded(HostileRunner runner) {
        return Backends.LOCAL
                .pool()
                .backend(runner)
                .max(1)
                .maxConcurrency(1)
                .resultFilter(ResultFilter.standard()
                        .maxDepth(50)
                        .maxReferences(1_000)
                        .maxArrayLength(5_000)
                        .maxBytes(100_000));
    }

    @ParameterizedTest
    @EnumSource
    void aHostileRunnerFailsItsCallAlone(Attack attack) {
        Set<SocketChannel> slots = ConcurrentHashMap.newKeySet();
        AtomicInteger calls = new AtomicInteger();
        FlamePool hostile = start(bounded(new HostileRunner((sequence, slot) -> {
            slots.add(slot);
            boolean honest = calls.incrementAndGet() % 2 == 0;
            if (attack == Attack.REFUSED_PROGRESS) {
                send(Protocol.PROGRESS, sequence, result(attack.value()), slot);
            }
            boolean sent = attack == Attack.REFUSED_PROGRESS || honest;
            send(Protocol.RESULT, sequence, result(sent ? "good" : attack.value()), slot);
        })));
        List<Object> heard = new CopyOnWriteArrayList<>();
        CallOptions options = CallOptions.defaults().onProgress(heard::add);
        for (int i = 0; i < 3; i++) {
            if (attack != Attack.REFUSED_PROGRESS) {
                assertThat(catchThrowable(() -> hostile.call(() -> (Object) "x", options)))
                        .isExactlyInstanceOf(ResultSerializationException.class)
                        .hasMessageStartingWith("Pool '" + hostile.name() + "', runner " + hostile.name()
                                + "-1: The task ran, but its result holds ")
                        .hasMessageContaining(attack.what)
                        .hasMessageContaining(attack.setting);
            }
            assertThat(hostile.call(() -> (Object) "x", options)).isEqualTo("good");
        }
        assertThat(heard).isEmpty();
        assertThat(slots).hasSize(1);
        assertThat(hostile.stats().runners()).hasSize(1);
    }

    @Test
    void anExceptionOfAHostileRunnerIsReadAsText() {
        Set<SocketChannel> slots = ConcurrentHashMap.newKeySet();
        Exception thrown = new IOException("no light");
        thrown.addSuppressed(new CarrierException(new Reference("com.acme.Shop")));
        FlamePool hostile = start(bounded(new HostileRunner((sequence, slot) -> {
                    slots.add(slot);
                    ByteWriter body = new ByteWriter();
                    body.writeByte(Protocol.FAILURE_THROWN);
                    FailureEncoder.encode(thrown, body);
                    send(Protocol.FAILURE, sequence, body, slot);
                }))
                .resultFilter(ResultFilter.standard()));
        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowable(() -> hostile.call(() -> (Object) "x")))
                    .isExactlyInstanceOf(RemoteTaskException.class)
                    .hasMessageContaining("The task threw java.io.IOException: no light")
                    .hasMessageContaining("class javax.naming.Reference, which the pool's result filter refuses")
                    .extracting(each -> ((RemoteTaskException) each).remoteStackTrace())
                    .asString()
                    .contains("anExceptionOfAHostileRunnerIsReadAsText");
        }
        assertThat(slots).hasSize(1);
    }

    /** A text that is longer than a whole message may be is not even read. */
    @Test
    void aReasonWithoutEndIsCut() {
        FlamePool hostile = start(bounded(new HostileRunner((sequence, slot) -> {
            ByteWriter body = new ByteWriter();
            body.writeByte(Protocol.FAILURE_RESULT);
            body.writeString("x".repeat(100_001));
            send(Protocol.FAILURE, sequence, body, slot);
        })));
        assertThat(catchThrowable(() -> hostile.call(() -> (Object) "x")))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("a text of 100001 bytes, longer than the maxBytes(100000)");
    }

    static final class CarrierException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("unused")
        private final Serializable cargo;

        CarrierException(Serializable cargo) {
            super("cargo");
            this.cargo = cargo;
        }
    }

    record Order(String customer, int amount) implements Serializable {}

    static final class Door implements Trackable {
        private static final long serialVersionUID = 1L;

        @Override
        public void tracked(TrackedHandle handle) {}
    }

    /** An honest runner, and a list that somebody forgot a class on. */
    @ParameterizedTest
    @EnumSource
    void anAllowListGoesForAllThatComesBack(Backends backends) {
        FlamePool pool = start(backends.pool()
                .max(1)
                .maxConcurrency(1)
                .codec(new CodecTest.Flipping())
                .resultFilter(ResultFilter.allowing(Order.class.getName())));
        assertThat(pool.call(() -> List.of(new Order("ada", 3)))).containsExactly(new Order("ada", 3));
        assertThat(catchThrowable(() -> pool.call(() -> (Object) new CarrierException("x"))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("no pattern of its allow-list covers it")
                .hasMessageContaining("ResultFilter.allowing(..., \"" + CarrierException.class.getName() + "\")");
        assertThat(catchThrowable(() -> pool.call(() -> {
                    throw new CarrierException("x");
                })))
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("The task threw " + CarrierException.class.getName() + ": cargo")
                .hasMessageContaining("no pattern of its allow-list covers it");
        assertThat(catchThrowable(
                        () -> pool.call(() -> new Door(), CallOptions.defaults().trackResources(true))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(Door.class.getName());
        List<Object> heard = new CopyOnWriteArrayList<>();
        String result = pool.call(
                () -> {
                    RunnerContext.current().progress(new CarrierException("x"));
                    RunnerContext.current().progress(new Order("ada", 1));
                    return "done";
                },
                CallOptions.defaults().onProgress(heard::add));
        assertThat(result).isEqualTo("done");
        assertThat(heard).containsExactly(new Order("ada", 1));
        // A task is not restricted, and captures what it likes.
        CarrierException captured = new CarrierException("y");
        assertThat(pool.call(() -> captured.getMessage())).isEqualTo("cargo");
        assertThat(pool.stats().runners()).hasSize(1);
    }
}
