package io.flame4j.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RunnerInitializer;
import io.flame4j.backend.ProcessBackend;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of docs/observability.md whose name begins with {@code otel-}, run for real. A code block after
 * {@code <!-- snippet: name -->} must be, apart from white space and comments, the code between
 * {@code // snippet: name} and {@code // end} here.
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
        Path document = Path.of("..", "docs", "observability.md");
        Path source = Path.of("src/test/java/io/flame4j/opentelemetry/OpenTelemetrySnippetsTest.java");
        Matcher shown = Pattern.compile("<!-- snippet: otel-runner -->\\s*```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(document));
        Matcher here = Pattern.compile("// snippet: otel-runner\\n(.*?)// end", Pattern.DOTALL)
                .matcher(Files.readString(source));
        assertThat(shown.find() && here.find()).isTrue();
        assertThat(bare(shown.group(1))).isEqualTo(bare(here.group(1)));
    }

    private static String bare(String code) {
        return code.replaceAll("//[^\\n]*", "").replace("static ", "").replaceAll("\\s+", "");
    }
}
