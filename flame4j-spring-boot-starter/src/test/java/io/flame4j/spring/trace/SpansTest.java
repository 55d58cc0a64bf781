package io.flame4j.spring.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.backend.LocalBackend;
import io.flame4j.spring.FlameContext;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Spans on both sides of an application that has a bean for them and no code, on a runner that is a process. */
@Timeout(300)
class SpansTest {

    private static ConfigurableApplicationContext start() {
        SpringApplication application = new SpringApplication(TracedApplication.class);
        // It would take that of the test launcher for the application's.
        application.setMainApplicationClass(TracedApplication.class);
        return application.run(
                "--spring.main.web-application-type=none",
                "--flame4j.backend=process",
                "--flame4j.pools.thumbs.max=1",
                "--flame4j.pools.thumbs.timeout=2m",
                "--flame4j.pools.thumbs.boot-timeout=2m",
                "--flame4j.pools.thumbs.process.heap=128MB");
    }

    /** The spans of a kind that this side has exported: trace, span and parent of each. */
    private static List<String> spans(InMemorySpanExporter exporter, SpanKind kind) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == kind)
                .map(SpansTest::ids)
                .toList();
    }

    private static String ids(SpanData span) {
        return span.getTraceId() + " " + span.getSpanId() + " " + span.getParentSpanId();
    }

    private static List<String> ofTasks() {
        return spans(FlameContext.bean(InMemorySpanExporter.class), SpanKind.SERVER);
    }

    @Test
    void are_made_by_the_bean_of_each_side() {
        try (ConfigurableApplicationContext context = start()) {
            FlamePool pool = context.getBean("thumbs", FlamePool.class);
            Span caller = context.getBean(OpenTelemetry.class)
                    .getTracer("test")
                    .spanBuilder("caller")
                    .startSpan();
            boolean recording;
            try (Scope ignored = caller.makeCurrent()) {
                recording = pool.<Boolean, RuntimeException>call(
                        () -> Span.current().isRecording());
            }
            assertThat(recording).isTrue();

            InMemorySpanExporter exporter = context.getBean(InMemorySpanExporter.class);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(spans(exporter, SpanKind.CLIENT))
                            .singleElement()
                            .asString()
                            .startsWith(caller.getSpanContext().getTraceId() + " ")
                            .endsWith(" " + caller.getSpanContext().getSpanId()));
            String call = spans(exporter, SpanKind.CLIENT).get(0).split(" ")[1];
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(pool.<List<String>, RuntimeException>call(SpansTest::ofTasks))
                            .anySatisfy(span -> assertThat(span)
                                    .startsWith(caller.getSpanContext().getTraceId() + " ")
                                    .endsWith(" " + call)));
            assertThat(spans(exporter, SpanKind.SERVER)).isEmpty();
        }
        assertThat(GlobalOpenTelemetry.isSet()).isFalse();
        try (FlamePool later =
                FlamePool.builder("later").backend(LocalBackend.create()).build()) {
            assertThat(later.<Boolean, RuntimeException>call(
                            () -> Span.current().isRecording()))
                    .isFalse();
        }
    }
}
