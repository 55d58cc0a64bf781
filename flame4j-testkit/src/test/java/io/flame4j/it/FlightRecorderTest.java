package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.FlamePool;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.LocalBackend;
import io.flame4j.testkit.FaultyBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording holds of pools. */
class FlightRecorderTest extends PoolTests {

    @TempDir
    private Path directory;

    private final FaultyBackend backend = new FaultyBackend();

    /** Keeps the pool's own lines apart from those of other tests. */
    private List<RecordedEvent> read(Recording recording, FlamePool pool, String type) throws IOException {
        Path file = directory.resolve(type + "-" + System.nanoTime() + ".jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("flame4j." + type))
                .filter(event -> event.getString("pool").equals(pool.name()))
                // A file has them in the order of the threads' buffers.
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    private void awaitEvents(Recording recording, FlamePool pool, String type, int count) {
        eventually(() -> assertThat(read(recording, pool, type)).hasSize(count));
    }

    private static Recording recording() {
        Recording recording = new Recording();
        recording.enable("flame4j.Call").withoutThreshold();
        recording.enable("flame4j.QueueWait").withoutThreshold();
        recording.enable("flame4j.Boot");
        recording.enable("flame4j.RunnerLoss");
        recording.start();
        return recording;
    }

    @Test
    void callsBootsAndLossesAreRecorded() throws Exception {
        backend.on((spec, number) -> {
            if (number == 1) {
                throw FaultyBackend.transientFailure("no address left\n and more");
            }
            return backend.well(spec);
        });
        try (Recording recording = recording()) {
            FlamePool pool = start(on(backend).max(1));
            pool.call(() -> Thread.sleep(20));
            assertThatThrownBy(() -> pool.call(() -> {
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            backend.kill(pool.name() + "-2");
            awaitEvents(recording, pool, "RunnerLoss", 1);

            List<RecordedEvent> calls = read(recording, pool, "Call");
            assertThat(calls).hasSize(2);
            RecordedEvent call = calls.get(0);
            assertThat(call.getString("runner")).isEqualTo(pool.name() + "-2");
            assertThat(call.getString("outcome")).isEqualTo("SUCCEEDED");
            assertThat(call.getString("task")).contains("callsBootsAndLossesAreRecorded");
            assertThat(call.getInt("attempts")).isEqualTo(1);
            assertThat(call.getDuration("taskTime")).isGreaterThanOrEqualTo(Duration.ofMillis(19));
            assertThat(call.getDuration())
                    .isGreaterThanOrEqualTo(call.getDuration("taskTime").plus(call.getDuration("queueWait")));
            assertThat(call.getLong("sent")).isPositive();
            assertThat(call.getLong("received")).isPositive();
            assertThat(calls.get(1).getString("outcome")).isEqualTo("FAILED");

            assertThat(read(recording, pool, "QueueWait")).hasSize(2).first().satisfies(wait -> {
                assertThat(wait.getString("runner")).isEqualTo(pool.name() + "-2");
                assertThat(wait.getDuration()).isPositive();
            });

            List<RecordedEvent> boots = read(recording, pool, "Boot");
            assertThat(boots).extracting(boot -> boot.getString("outcome")).containsExactly("FAILED", "READY");
            assertThat(boots.get(0).getString("reason")).isEqualTo(RunnerBootException.Reason.BACKEND.name());
            assertThat(boots.get(0).getString("message")).isEqualTo("no address left");
            assertThat(boots.get(1).getDuration("connected")).isPositive();
            assertThat(boots.get(1).getDuration("ready")).isPositive();
            assertThat(boots.get(1).getLong("scheduled"))
                    .as("not known of threads")
                    .isEqualTo(Long.MIN_VALUE);

            assertThat(read(recording, pool, "RunnerLoss")).singleElement().satisfies(loss -> {
                assertThat(loss.getString("runner")).isEqualTo(pool.name() + "-2");
                assertThat(loss.getString("reason")).isNotEmpty();
                assertThat(loss.getString("message")).contains(pool.name());
            });
        }
    }

    @Test
    void shortCallsAreBelowTheThresholdUnlessAskedFor() throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("flame4j.Call");
            recording.start();
            FlamePool pool = start(local().max(1).min(1));
            for (int i = 0; i < 50; i++) {
                pool.call(() -> 1);
            }
            pool.call(() -> Thread.sleep(30));
            assertThat(read(recording, pool, "Call"))
                    .hasSizeLessThan(51)
                    .allSatisfy(call -> assertThat(call.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(10)));
        }
    }

    @Test
    void aPoolWorksWhereTheRuntimeHasNoFlightRecorder() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.base,java.management,jdk.unsupported",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NoRecorder.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("without: true, answer: 42");
        assertThat(process.exitValue()).isZero();
    }

    /** Runs in a JVM without the module jdk.jfr. */
    static final class NoRecorder {

        private NoRecorder() {}

        public static void main(String[] arguments) {
            boolean without = ModuleLayer.boot().findModule("jdk.jfr").isEmpty();
            try (FlamePool pool = FlamePool.builder("bare")
                    .backend(LocalBackend.create())
                    .max(1)
                    .build()) {
                int answer = pool.call(() -> 42);
                System.out.println("without: " + without + ", answer: " + answer);
            }
        }
    }
}
