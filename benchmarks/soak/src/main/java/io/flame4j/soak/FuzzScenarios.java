package io.flame4j.soak;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.RemoteTask;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.KnownShapes;
import io.flame4j.internal.closure.TaskEncoder;
import io.flame4j.internal.wire.Protocol;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Frames that somebody has changed, over live connections: to a runner with 64 MiB of heap, and to a parent. Most keep
 * their header, so that what is in them is read; the others break the connection, and the next is dialled.
 */
final class FuzzScenarios {

    private static final int FRAMES = 20_000;

    /** Fewer, since the pool waits for 200 ms after each connection that breaks whether its runner is lost, too. */
    private static final int TO_PARENT = 9_600;

    private static final int RUNNERS = 32;

    /** On one connection, which keeps what it has learnt of tasks. */
    private static final int ON_A_CONNECTION = 64;

    private static final int HEADER = 16;
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private FuzzScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("fuzz-runner", "mutated frame sent to a runner", null, FuzzScenarios::runner),
                new Scenario("fuzz-parent", "mutated frame sent to a parent", null, FuzzScenarios::parent),
                HelloScenario.scenario());
    }

    private static byte[] frame(int type, int sequence, byte[] body) {
        return ByteBuffer.allocate(HEADER + body.length)
                .put(0, (byte) type)
                .putInt(4, sequence)
                .putLong(8, body.length)
                .put(HEADER, body)
                .array();
    }

    private static byte[] call(int sequence, RemoteTask<?, ?> task) {
        ByteWriter body = new ByteWriter();
        body.writeVarLong(0);
        body.writeByte(Protocol.TARGET_NONE);
        new TaskEncoder(Codec.jdk()).encode(task).writeTo(body, new KnownShapes());
        return frame(Protocol.CALL, sequence, body.toByteArray());
    }

    private static List<RemoteTask<?, ?>> tasks() {
        String text = "something captured";
        List<Integer> list = List.of(1, 2, 3);
        Map<String, byte[]> map = Map.of("bytes", new byte[40]);
        return List.of(() -> text + list, () -> list, () -> map.get("bytes"), () -> map, () -> {
            throw new IllegalStateException(text, new IOException("because"));
        });
    }

    private static byte[] mutate(byte[] good, int from, SplittableRandom random) {
        byte[] bytes = good.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = from + random.nextInt(bytes.length - from);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = -1;
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0x7F);
                default -> bytes = Arrays.copyOf(bytes, Math.max(from + 1, at));
            }
        }
        return bytes;
    }

    /** One that keeps the frames of the stream, mostly. */
    private static byte[] mutated(byte[] good, int sequence, SplittableRandom random) {
        if (random.nextInt(500) == 0) {
            return mutate(good, 0, random);
        }
        byte[] bytes = mutate(good, HEADER, random);
        ByteBuffer.wrap(bytes).putInt(4, sequence).putLong(8, bytes.length - HEADER);
        return bytes;
    }

    private static boolean isFramed(byte[] frame) {
        return frame.length >= HEADER
                && frame[0] == Protocol.CALL
                && frame[1] == 0
                && ByteBuffer.wrap(frame).getLong(8) == frame.length - HEADER;
    }

    private static void runner(Stage stage) throws Exception {
        int frames = stage.times(FRAMES);
        List<byte[]> good = tasks().stream().map(task -> call(1, task)).toList();
        int sent = 0;
        while (sent < frames) {
            try (ScriptedParent parent = new ScriptedParent()) {
                while (sent < frames && !parent.isLeft()) {
                    sent += connection(stage, parent, good);
                    if (!parent.isLeft()) {
                        parent.redial();
                    }
                }
                if (!parent.isLeft()) {
                    stage.expect(serves(parent) || parent.leaves(), "the runner serves no more, and has not said why");
                }
            }
        }
        stage.injected(sent);
    }

    private static boolean serves(ScriptedParent parent) throws IOException {
        try {
            parent.send(call(1, tasks().get(0)));
            return parent.answer()[0] == Protocol.RESULT;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends frames until the connection breaks or has had enough of them; returns how many. */
    private static int connection(Stage stage, ScriptedParent parent, List<byte[]> good) {
        SplittableRandom random = stage.random();
        int sequence = 0;
        try {
            while (sequence < ON_A_CONNECTION) {
                sequence++;
                byte[] frame = mutated(good.get(random.nextInt(good.size())), sequence, random);
                parent.send(frame);
                if (!isFramed(frame)) {
                    return sequence;
                }
                parent.answer();
            }
        } catch (SocketTimeoutException e) {
            stage.expect(false, "a runner neither answers a mutated frame nor closes its connection");
        } catch (IOException e) {
            // Closed, which is right.
        }
        return sequence;
    }

    private static List<byte[]> goodAnswers() throws Exception {
        List<byte[]> answers = new ArrayList<>();
        try (ScriptedParent parent = new ScriptedParent()) {
            for (RemoteTask<?, ?> task : tasks()) {
                parent.send(call(1, task));
                answers.add(parent.answer());
                parent.redial();
            }
        }
        return answers;
    }

    private static void parent(Stage stage) throws Exception {
        int frames = stage.times(TO_PARENT) / RUNNERS;
        List<byte[]> good = goodAnswers();
        AtomicInteger number = new AtomicInteger();
        SplittableRandom[] randoms = new SplittableRandom[RUNNERS];
        Arrays.setAll(randoms, i -> stage.random().split());
        FlamePool pool = stage.start(stage.pool(new ScriptedRunner(() -> {
                    SplittableRandom random = randoms[number.getAndIncrement() % RUNNERS];
                    return sequence -> mutated(good.get(random.nextInt(good.size())), sequence, random);
                }))
                .min(RUNNERS)
                .max(RUNNERS)
                .maxConcurrency(1)
                .heartbeat(Stage.UNHURRIED));
        // One that dials anew while its pool ends is refused: of each kind of that, the log tells once.
        stage.mayBeLogged(3);
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < RUNNERS; i++) {
            Thread caller = new Thread(() -> callAll(pool, frames, wrong), "soak-fuzz-" + i);
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        stage.injected(frames * RUNNERS);
        wrong.forEach(what -> stage.expect(false, what));
    }

    private static void callAll(FlamePool pool, int calls, Queue<String> wrong) {
        CallOptions options = CallOptions.defaults().timeout(DEADLINE);
        for (int i = 0; i < calls; i++) {
            long begun = System.nanoTime();
            Throwable failure = failureOf(pool, options);
            // A frame may also say, at once, that the deadline has passed.
            if (failure instanceof VirtualMachineError || System.nanoTime() - begun >= DEADLINE.toNanos()) {
                wrong.add("a mutated frame did this to its caller: " + failure);
            }
        }
    }

    /** Any failure but one of the machine is right, and even a value may be. */
    private static @Nullable Throwable failureOf(FlamePool pool, CallOptions options) {
        try {
            pool.<Object, Exception>call(() -> "any", options);
            return null;
        } catch (Throwable e) {
            return e;
        }
    }
}
