package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.RemoteTask;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.KnownShapes;
import io.flame4j.internal.closure.TaskEncoder;
import io.flame4j.internal.runner.ScriptedParent.Control;
import io.flame4j.internal.runner.ScriptedParent.Line;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes that make no sense close the connection they came on; the runner serves on, or ends. */
@Timeout(300)
class RunnerFuzzTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_123L);
    private static final int LINES = 400;
    private static final int FRAMES_EACH = 8;
    private static final int CONTROLS = 150;

    private final Random random = new Random(SEED);

    /** The whole frame of a good call. */
    private static byte[] goodCall() {
        ByteWriter body = new ByteWriter();
        body.writeVarLong(0);
        body.writeByte(Protocol.TARGET_NONE);
        String captured = "something captured";
        List<Integer> list = List.of(1, 2, 3);
        new TaskEncoder(Codec.jdk())
                .encode((RemoteTask<String, RuntimeException>) () -> captured + list)
                .writeTo(body, new KnownShapes());
        byte[] task = body.toByteArray();
        ByteBuffer frame = ByteBuffer.allocate(16 + task.length);
        frame.put((byte) Protocol.CALL)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(1)
                .putLong(task.length)
                .put(task);
        return frame.array();
    }

    private byte[] broken(byte[] good) {
        byte[] bytes = good.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }

    @Test
    void callsThatMakeNoSenseAreAnsweredOrCloseTheirConnection() throws Exception {
        byte[] good = goodCall();
        try (ScriptedParent parent = ScriptedParent.onTcp()) {
            LocalRunner runner = LocalRunner.start(
                    RunnerProcess.environment(parent.ticket()), RunnerFuzzTest.class.getClassLoader());
            Control control = parent.welcome();
            for (int i = 0; i < LINES; i++) {
                Line line = parent.line();
                try {
                    for (int j = 0; j < FRAMES_EACH; j++) {
                        line.write(ByteBuffer.wrap(broken(good)));
                    }
                } catch (IOException e) {
                    // The runner has closed it already.
                }
                line.abandon(control, true, true);
            }
            assertThat(parent.line()
                            .call()
                            .run((RemoteTask<Integer, RuntimeException>) () -> 42)
                            .result())
                    .as("seed " + SEED)
                    .isEqualTo(42);
            runner.kill();
            assertThat(runner.exit().toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .isEqualTo(137);
        }
    }

    @Test
    void controlFramesThatMakeNoSenseEndTheRunner() throws Exception {
        List<ControlFrame> frames = List.of(
                new ControlFrame.ParentHeartbeat(),
                new ControlFrame.OpenSlot(1),
                new ControlFrame.SlotClosed(0, 0, true, true),
                new ControlFrame.Check(1, new byte[] {1, 2, 3, 4}),
                new ControlFrame.Shutdown(1));
        for (int i = 0; i < CONTROLS; i++) {
            try (ScriptedParent parent = ScriptedParent.onTcp()) {
                LocalRunner runner = LocalRunner.start(
                        RunnerProcess.environment(parent.ticket()), RunnerFuzzTest.class.getClassLoader());
                Control control = parent.welcome();
                try {
                    for (int j = 0; j < 20; j++) {
                        byte[] good = frames.get(random.nextInt(frames.size()))
                                .encode()
                                .array();
                        control.write(ByteBuffer.wrap(broken(good)));
                    }
                    control.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 0}));
                } catch (IOException e) {
                    // It has ended already.
                }
                control.close();
                assertThat(runner.exit().toCompletableFuture().get(20, TimeUnit.SECONDS))
                        .as("seed " + SEED)
                        .isIn(0, Protocol.EXIT_PARENT_LOST);
            }
        }
    }
}
