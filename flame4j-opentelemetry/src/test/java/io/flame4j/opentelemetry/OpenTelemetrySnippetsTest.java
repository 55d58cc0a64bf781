package io.flame4j.opentelemetry;

import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RunnerInitializer;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testsupport.DocumentSnippets;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of docs/observability.md whose name begins with {@code otel-}, run for real: see {@link DocumentSnippets}.
 */
class OpenTelemetrySnippetsTest {

    @TempDir
    private Path directory;

    static final class Exporters {
        private Exporters() {}

        static SpanExporter configured() {
            return new RunnerTracing.FileExporter(Path.of(System.getProperty("spans.file")));
        }
    }

    // snippet: otel-runner
    public static final class Tracing implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {
            OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                    .setTracerProvider(SdkTracerProvider.builder()
                            .addSpanProcessor(BatchSpanProcessor.builder(Exporters.configured())
                                    .build())
                            .build())
                    .build();
            GlobalOpenTelemetry.set(sdk);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> sdk.close())); // exports the last spans
        }
    }
    // end

    @Test
    void spans_of_a_runner_are_exported_when_it_ends() {
        Path file = directory.resolve("spans");
        ProcessBackend backend =
                ProcessBackend.builder().jvmOptions("-Dspans.file=" + file).build();
        try (FlamePool pool = FlamePool.builder("snippets")
                .backend(backend)
                .initializer(Tracing.class)
                .max(1)
                .build()) {
            pool.call(() -> {
                GlobalOpenTelemetry.getTracer("app")
                        .spanBuilder("scale")
                        .startSpan()
                        .end();
            });
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Files.exists(file) && Files.readString(file).contains("scale"));
    }

    @Test
    void the_document_shows_what_runs_here() throws IOException {
        DocumentSnippets.runBy(OpenTelemetrySnippetsTest.class)
                .in("docs/observability.md", "otel-.*")
                .nested()
                .check(1);
    }
}
