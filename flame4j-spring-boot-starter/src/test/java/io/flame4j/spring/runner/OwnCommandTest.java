package io.flame4j.spring.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.spring.app.ShopApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runners that are started by the application's own command, as containers whose command is that of the image. */
@Timeout(180)
class OwnCommandTest {

    /** Knows nothing of runners but their environment. */
    private static final class OwnCommand implements Backend {

        @Override
        public String name() {
            return "own-command";
        }

        @Override
        public ListenAt listenAt() {
            return ListenAt.loopback();
        }

        @Override
        public RunnerHandle start(RunnerSpec spec) {
            ProcessBuilder builder = new ProcessBuilder(
                    System.getProperty("java.home") + "/bin/java",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ShopApplication.class.getName());
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(spec.environment());
            try {
                return new Handle(spec.runnerId(), builder.start());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {}
    }

    private record Handle(String runnerId, Process process) implements RunnerHandle {

        @Override
        public String description() {
            return "process " + process.pid();
        }

        @Override
        public CompletionStage<RunnerExit> exit() {
            return process.onExit()
                    .thenApply(ended -> new RunnerExit(
                            RunnerLostException.Reason.EXITED,
                            "ended with code " + ended.exitValue(),
                            OptionalInt.of(ended.exitValue()),
                            List.of(),
                            false));
        }

        @Override
        public void kill() {
            process.destroyForcibly();
        }
    }

    @Test
    void the_application_becomes_a_runner() {
        try (FlamePool pool = FlamePool.builder("own-command")
                .backend(new OwnCommand())
                .max(1)
                .bootTimeout(Duration.ofMinutes(2))
                .timeout(Duration.ofMinutes(2))
                .build()) {
            assertThat(pool.<String, RuntimeException>call(
                            () -> FlameParent.current().map(FlameParent::pool).orElse("")))
                    .isEqualTo("own-command");
        }
    }
}
