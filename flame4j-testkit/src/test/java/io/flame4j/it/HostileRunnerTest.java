package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlameException;
import io.flame4j.FlamePool;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerLostException;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A runner that was let in and answers with anything: its callers fail within their deadline, the parent goes on. */
@Timeout(120)
class HostileRunnerTest extends PoolTestBase {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_123L);
    private static final int CALLS = 5;
    private static final int CODED = 20;
    private static final int LATIN1 = 10;

    enum Attack {
        NEGATIVE_LENGTH,
        ENDLESS_LENGTH,
        ANSWER_TO_ANOTHER_CALL,
        UNKNOWN_TYPE,
        UNKNOWN_FAILURE,
        EMPTY_RESULT,
        TRACKED_UNASKED,
        LONG_STRING,
        LONG_VALUE,
        MANY_BLOBS,
        DEEP_VALUE,
        LONG_MESSAGE,
        NOISE,
        REFUSES_FOREVER,
        PROGRESS_UNASKED,
        PROGRESS_FOREVER
    }

    private static ByteBuffer frame(int type, int sequence, long length, byte[] body) {
        return ByteBuffer.allocate(16 + body.length)
                .put((byte) type)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(sequence)
                .putLong(length)
                .put(body)
                .flip();
    }

    private static ByteBuffer frame(int type, int sequence, byte... body) {
        return frame(type, sequence, body.length, body);
    }

    private static byte[] tagged(int tag, long number, int more) {
        ByteWriter out = new ByteWriter();
        out.writeByte(tag);
        out.writeVarLong(number);
        out.write(new byte[more], 0, more);
        return out.toByteArray();
    }

    /** What a codec would make of a chain that is too long to follow. */
    private static byte[] deep() throws IOException {
        ByteWriter stream = new ByteWriter();
        stream.writeInt(0);
        ByteWriter one = new ByteWriter();
        Codec.jdk().encode(new Object[1], one.asOutputStream());
        byte[] array = one.toByteArray();
        // no blobs, TC_ARRAY, class descriptor, length 1; and then again by reference to the descriptor
        stream.write(array, 4, array.length - 5);
        for (int i = 0; i < 200_000; i++) {
            stream.writeByte(0x75);
            stream.writeByte(0x71);
            stream.writeInt(0x7E0000);
            stream.writeInt(1);
        }
        stream.writeByte(0x70);
        ByteWriter out = new ByteWriter();
        out.writeByte(CODED);
        out.writeVarLong(stream.size());
        out.append(stream);
        return out.toByteArray();
    }

    private static void answer(Attack attack, Random random, int sequence, SocketChannel slot) throws IOException {
        ByteBuffer bytes = switch (attack) {
            case NEGATIVE_LENGTH -> frame(Protocol.RESULT, sequence, -1, new byte[1]);
            case ENDLESS_LENGTH -> frame(Protocol.RESULT, sequence, 1L << 40, new byte[1]);
            case ANSWER_TO_ANOTHER_CALL -> frame(Protocol.RESULT, sequence + 1, new byte[1]);
            case UNKNOWN_TYPE -> frame(99, sequence, new byte[1]);
            case UNKNOWN_FAILURE -> frame(Protocol.FAILURE, sequence, (byte) 99);
            case EMPTY_RESULT -> frame(Protocol.RESULT, sequence);
            case TRACKED_UNASKED ->
                frame(Protocol.RESULT, sequence, new byte[40]).put(1, (byte) Protocol.RESULT_TRACKED);
            case LONG_STRING -> frame(Protocol.RESULT, sequence, tagged(LATIN1, Integer.MAX_VALUE - 8, 10));
            case LONG_VALUE -> frame(Protocol.RESULT, sequence, tagged(CODED, 1L << 62, 10));
            case MANY_BLOBS -> {
                byte[] body = tagged(CODED, 20, 20);
                body[2] = 0x7F;
                yield frame(Protocol.RESULT, sequence, body);
            }
            case DEEP_VALUE -> frame(Protocol.RESULT, sequence, deep());
            case LONG_MESSAGE -> frame(Protocol.FAILURE, sequence, tagged(Protocol.FAILURE_RESULT, -1, 10));
            case NOISE -> {
                byte[] noise = new byte[1 + random.nextInt(200)];
                random.nextBytes(noise);
                yield random.nextBoolean() ? ByteBuffer.wrap(noise) : frame(1 + random.nextInt(6), sequence, noise);
            }
            case REFUSES_FOREVER -> frame(Protocol.REFUSED, sequence, tagged(2, 0x6F6E, 0));
            case PROGRESS_UNASKED, PROGRESS_FOREVER -> frame(Protocol.PROGRESS, sequence, new byte[1]);
        };
        do {
            while (bytes.hasRemaining()) {
                slot.write(bytes);
            }
            bytes.rewind();
        } while (attack == Attack.PROGRESS_FOREVER);
        if (attack == Attack.NOISE) {
            slot.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void callersFailWithinTheirDeadlineAndTheParentGoesOn(Attack attack) {
        Random random = new Random(SEED);
        AtomicInteger answers = new AtomicInteger();
        FlamePool hostile = start(Backends.LOCAL
                .pool()
                .backend(new HostileRunner((sequence, slot) -> {
                    answers.incrementAndGet();
                    answer(attack, random, sequence, slot);
                }))
                .max(1));
        boolean endless = attack == Attack.REFUSES_FOREVER || attack == Attack.PROGRESS_FOREVER;
        int calls = endless ? 1 : attack == Attack.NOISE ? 15 : CALLS;
        Duration deadline = Duration.ofSeconds(endless ? 2 : 20);
        for (int i = 0; i < calls; i++) {
            CallOptions options = CallOptions.defaults().timeout(deadline);
            if (attack == Attack.PROGRESS_FOREVER) {
                options = options.onProgress(value -> {});
            }
            CompletableFuture<Object> call = hostile.callAsync(() -> (Object) 1, options);
            Throwable failure = call.handle((value, thrown) -> thrown).join();
            if (attack == Attack.NOISE && failure == null) {
                // Noise may mean something; which type it is nobody can know but the runner.
                continue;
            }
            assertThat(failure).as("seed " + SEED).isInstanceOf(FlameException.class);
            if (attack != Attack.NOISE) {
                // Noise may also say that the deadline has passed.
                assertThat(failure instanceof CallTimeoutException)
                        .as("%s", failure)
                        .isEqualTo(endless);
            }
        }
        if (attack == Attack.REFUSES_FOREVER) {
            assertThat(answers).as("it is not asked again and again").hasValueLessThan(10);
        }
        assertThat(hostile.stats().queued()).isZero();
    }

    /** It sends log events as fast as it can, which nobody prints here: that is left to the bounds. */
    @Test
    void a_runner_that_floods_the_parent_with_log_events_holds_up_no_other() {
        ControlFrame.Log frame = new ControlFrame.Log(1, new byte[60_000]);
        AtomicLong sent = new AtomicLong();
        FlamePool flooded = start(Backends.LOCAL
                .pool()
                .backend(new HostileRunner((sequence, slot) -> {}, control -> {
                    Thread flood = new Thread(() -> {
                        try {
                            while (true) {
                                control.write(frame.encode());
                                sent.incrementAndGet();
                            }
                        } catch (IOException e) {
                            // Its pool is closed.
                        }
                    });
                    flood.setDaemon(true);
                    flood.start();
                }))
                .forwardLogs(true)
                .min(1)
                .max(1));
        // At the same place, so that one thread listens to the runners of both.
        try (FlamePool honest = Backends.PROCESS_TCP
                .pool()
                .heartbeat(Duration.ofSeconds(2))
                .max(1)
                .build()) {
            String first = honest.call(() -> RunnerContext.current().runnerId());
            long end = System.nanoTime() + Duration.ofSeconds(8).toNanos();
            while (System.nanoTime() < end) {
                assertThat(honest.call(() -> RunnerContext.current().runnerId()))
                        .isEqualTo(first);
            }
        }
        assertThat(sent.get()).as("frames of the flood").isGreaterThan(100);
        assertThat(flooded.stats().runners()).hasSize(1);
    }

    /** What can be said once, before the first call, costs the thread that listens to all runners too much to be said for ever. */
    @Test
    void a_runner_that_serves_and_says_its_initializer_failed_is_lost() {
        ControlFrame.InitFailed outOfPlace = new ControlFrame.InitFailed("no model", "");
        AtomicReference<SocketChannel> control = new AtomicReference<>();
        FlamePool hostile = start(Backends.LOCAL
                .pool()
                .backend(new HostileRunner((sequence, slot) -> control.get().write(outOfPlace.encode()), control::set))
                .max(1));

        assertThatThrownBy(() -> hostile.call(() -> 1, CallOptions.defaults().timeout(Duration.ofSeconds(30))))
                .isInstanceOf(RunnerLostException.class)
                .hasMessageContaining("malformed control frame: INIT_FAILED of a runner that is not booting");
    }

    @Test
    void a_call_whose_connection_breaks_says_which_and_what_to_do() {
        FlamePool hostile = start(Backends.LOCAL
                .pool()
                .backend(new HostileRunner((sequence, slot) -> slot.close()))
                .max(1));

        assertThatThrownBy(() -> hostile.call(() -> 1))
                .isInstanceOf(RunnerLostException.class)
                .hasMessageContaining(hostile.name() + "-1: the connection of ")
                .hasMessageContaining(HostileRunnerTest.class.getSimpleName())
                .hasMessageContaining(
                        "in part or not at all; use CallOptions.retries for tasks that are safe to repeat.");
    }

    /** It is sent elsewhere, unless there is nobody any more. */
    @Test
    void a_call_that_did_not_run_when_its_pool_was_closed_may_be_sent_again() throws Exception {
        AtomicReference<SocketChannel> control = new AtomicReference<>();
        CompletableFuture<SocketChannel> called = new CompletableFuture<>();
        FlamePool hostile = start(Backends.LOCAL
                .pool()
                .backend(new HostileRunner((sequence, slot) -> called.complete(slot), control::set))
                .max(1));
        CompletableFuture<Integer> call = hostile.callAsync(() -> 1);
        SocketChannel slot = called.get(60, TimeUnit.SECONDS);
        Thread closing = new Thread(hostile::close);
        closing.start();
        Awaitility.await().atMost(Jobs.LONG).until(() -> isClosed(hostile));
        control.get().write(new ControlFrame.Goodbye("off", Optional.of(List.of())).encode());
        awaitRead(control.get());
        slot.close();

        assertThatThrownBy(() -> call.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RunnerLostException.class)
                .hasMessageContaining(HostileRunnerTest.class.getSimpleName())
                .hasMessageContaining("did not run, and is safe to send again");
        closing.join();
    }

    /** The parent hangs up on a frame without a type, when it has read those before it. */
    private static void awaitRead(SocketChannel control) throws IOException {
        control.write(ByteBuffer.allocate(4));
        ByteBuffer rest = ByteBuffer.allocate(4096);
        while (control.read(rest.clear()) >= 0) {
            continue;
        }
    }

    private static boolean isClosed(FlamePool pool) {
        try {
            pool.callAsync(() -> 2).cancel(true);
            return false;
        } catch (FlameException e) {
            return true;
        }
    }

    @Test
    void a_runner_cannot_fill_the_log_or_forge_lines_in_it() {
        AtomicBoolean first = new AtomicBoolean(true);
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            start(Backends.LOCAL
                    .pool()
                    .backend(new HostileRunner((sequence, slot) -> {}, control -> {
                        for (int i = first.getAndSet(false) ? 0 : 1_000; i < 1_000; i++) {
                            control.write(new ControlFrame.Draining("tired\n2026 ERROR forged").encode());
                            control.write(new ControlFrame.Condemned(0, "ill\n2026 ERROR forged").encode());
                            control.write(
                                    new ControlFrame.Goodbye("off\n2026 ERROR forged", Optional.empty()).encode());
                        }
                    }))
                    .min(1)
                    .max(1));
            Awaitility.await()
                    .atMost(Jobs.LONG)
                    .until(() -> log.toString(StandardCharsets.UTF_8).contains("forged"));
        } finally {
            System.setErr(stderr);
        }
        assertThat(log.toString(StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.contains("forged"))
                .allSatisfy(line -> assertThat(line).contains("\\n2026 ERROR forged"))
                .hasSizeBetween(1, 3);
    }
}
