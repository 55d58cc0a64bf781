package io.flame4j.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.backend.LocalBackend;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An instance that is not registered globally. Both sides are in this JVM. */
class FallbackTest {

    private final InMemorySpanExporter first = InMemorySpanExporter.create();
    private final InMemorySpanExporter second = InMemorySpanExporter.create();
    private final FlamePool pool =
            FlamePool.builder("fallback").backend(LocalBackend.create()).build();

    @AfterEach
    void close() {
        pool.shutdownNow();
        GlobalOpenTelemetry.resetForTest();
    }

    private static OpenTelemetrySdk sdk(InMemorySpanExporter exporter) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build();
    }

    private boolean tracesTasks() {
        return pool.<Boolean, RuntimeException>call(() -> Span.current().isRecording());
    }

    private static void hasBothSpans(InMemorySpanExporter exporter) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> exporter.getFinishedSpanItems().size() >= 2);
        exporter.reset();
    }

    @Test
    void makes_spans_until_it_is_closed_and_the_last_one_counts() {
        assertThat(tracesTasks()).isFalse();
        OpenTelemetryPropagator.Registration one = OpenTelemetryPropagator.fallBackTo(sdk(first));
        assertThat(tracesTasks()).isTrue();
        hasBothSpans(first);

        OpenTelemetryPropagator.Registration two = OpenTelemetryPropagator.fallBackTo(sdk(second));
        assertThat(tracesTasks()).isTrue();
        hasBothSpans(second);

        two.close();
        assertThat(tracesTasks()).isTrue();
        hasBothSpans(first);

        one.close();
        one.close();
        assertThat(tracesTasks()).isFalse();
        assertThat(GlobalOpenTelemetry.isSet()).isFalse();
    }

    @Test
    void what_is_global_comes_first_unless_it_makes_no_spans() {
        try (OpenTelemetryPropagator.Registration ignored = OpenTelemetryPropagator.fallBackTo(sdk(second))) {
            GlobalOpenTelemetry.set(OpenTelemetry.noop());
            assertThat(tracesTasks()).isTrue();
            hasBothSpans(second);

            GlobalOpenTelemetry.resetForTest();
            GlobalOpenTelemetry.set(sdk(first));
            assertThat(tracesTasks()).isTrue();
            hasBothSpans(first);
            assertThat(second.getFinishedSpanItems()).isEmpty();
        }
    }
}
