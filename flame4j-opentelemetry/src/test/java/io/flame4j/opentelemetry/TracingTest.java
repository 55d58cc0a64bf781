package io.flame4j.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.OutgoingCall;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One trace over this JVM and runners that are processes, whose spans come back in a file. */
class TracingTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private FlamePool pool;

    @AfterEach
    void close() {
        if (pool != null) {
            pool.shutdownNow();
        }
        GlobalOpenTelemetry.resetForTest();
    }

    private Path file() {
        return directory.resolve("spans");
    }

    private FlamePoolBuilder builder() {
        return FlamePool.builder("traces")
                .backend(ProcessBackend.builder()
                        .heap("96m")
                        .jvmOptions("-Dspans.file=" + file())
                        .build())
                .initializer(RunnerTracing.class)
                .timeout(LONG)
                .max(1);
    }

    private void trace() {
        GlobalOpenTelemetry.set(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build());
    }

    /** All spans so far, when there are so many. */
    private TraceTree tree(int count) {
        return Awaitility.await("spans")
                .atMost(LONG)
                .until(this::tree, tree -> tree.named("").size() >= count);
    }

    private TraceTree tree() throws IOException {
        List<TraceTree.Node> nodes = new ArrayList<>();
        exporter.getFinishedSpanItems().forEach(span -> nodes.add(TraceTree.Node.of("parent", span)));
        if (Files.exists(file())) {
            for (String line : Files.readString(file()).split("\n")) {
                // The end of the file may be half a line.
                if (line.split("\t").length == 9) {
                    nodes.add(TraceTree.Node.parse(line));
                }
            }
        }
        return new TraceTree(nodes);
    }

    private static TraceTree.Node only(List<TraceTree.Node> nodes) {
        assertThat(nodes).hasSize(1);
        return nodes.get(0);
    }

    private Span request(String name) {
        return GlobalOpenTelemetry.getTracer("test").spanBuilder(name).startSpan();
    }

    @Test
    void a_trace_leads_from_the_caller_over_the_wait_to_what_the_task_does() {
        trace();
        pool = builder().build();
        Span request = request("GET /thumbnails");
        String tenant;
        try (Scope scope = request.makeCurrent();
                Scope baggage = Baggage.current().toBuilder()
                        .put("tenant", "acme")
                        .build()
                        .makeCurrent()) {
            tenant = pool.call(() -> {
                GlobalOpenTelemetry.getTracer("app")
                        .spanBuilder("scale")
                        .startSpan()
                        .end();
                return Baggage.current().getEntryValue("tenant");
            });
            pool.call(() -> {
                Span.current().setAttribute("warm", true);
            });
        } finally {
            request.end();
        }
        // The request, two calls, the wait of the first, two tasks, and what one does in it. The second may have had to
        // wait as well, on a machine that is busy.
        TraceTree tree = Awaitility.await("spans")
                .atMost(LONG)
                .until(
                        this::tree,
                        all -> all.named("").stream()
                                        .filter(span -> !span.name().equals("wait for a runner"))
                                        .count()
                                == 6);
        System.out.println("trace:\n" + tree);

        assertThat(tenant).isEqualTo("acme");
        TraceTree.Node root = only(tree.named("GET /thumbnails"));
        List<TraceTree.Node> calls = tree.children(root);
        assertThat(calls).hasSize(2).allSatisfy(call -> {
            assertThat(call.where() + call.kind() + call.status()).isEqualTo("parentCLIENTUNSET");
            assertThat(call.name())
                    .isEqualTo("io.flame4j.opentelemetry.TracingTest."
                            + "a_trace_leads_from_the_caller_over_the_wait_to_what_the_task_does");
            assertThat(call.attributes())
                    .contains("flame4j.pool=traces", "flame4j.runner=traces-1", "flame4j.outcome=succeeded")
                    .contains("rpc.system.name=flame4j", "rpc.method=" + call.name());
        });
        only(tree.children(calls.get(0)).stream()
                .filter(child -> child.name().equals("wait for a runner"))
                .toList());
        assertThat(calls).allSatisfy(call -> {
            TraceTree.Node task = only(tree.children(call).stream()
                    .filter(child -> child.where().equals("runner"))
                    .toList());
            assertThat(task.kind() + task.status() + task.name()).isEqualTo("SERVERUNSET" + call.name());
            assertThat(task.attributes()).contains("flame4j.pool=traces", "flame4j.runner=traces-1");
        });
        TraceTree.Node scale = only(tree.named("scale"));
        assertThat(tree.children(calls.get(0))).anyMatch(task -> task.id().equals(scale.parent()));
    }

    @Test
    void failures_are_recorded_on_both_sides() {
        trace();
        pool = builder().build();
        assertThatThrownBy(() -> pool.call(() -> {
                    throw new IOException("as planned");
                }))
                .isInstanceOf(IOException.class);
        TraceTree tree = tree(3);
        System.out.println("failure:\n" + tree);

        List<TraceTree.Node> spans = tree.named("failures_are_recorded");
        assertThat(spans).hasSize(2).allSatisfy(span -> {
            assertThat(span.status()).isEqualTo("ERROR");
            assertThat(span.events()).isEqualTo("[exception]");
            assertThat(span.attributes()).contains("error.type=java.io.IOException");
        });
        assertThat(spans).anyMatch(span -> span.attributes().contains("flame4j.outcome=failed"));
    }

    @Test
    void the_wait_of_a_call_that_is_never_sent_is_part_of_its_failure() {
        trace();
        pool = builder().maxConcurrency(1).max(1).build();
        pool.call(() -> 1);
        pool.cast(() -> new CountDownLatch(1).await());
        // Its slot is taken: the next one waits until its time is up.
        Awaitility.await().atMost(LONG).until(() -> pool.stats().busySlots() == 1);
        exporter.reset();
        assertThatThrownBy(() -> pool.call(() -> 2, CallOptions.defaults().timeout(Duration.ofMillis(300))))
                .isInstanceOf(CallTimeoutException.class);

        TraceTree tree = Awaitility.await()
                .atMost(LONG)
                .until(
                        this::tree,
                        found -> found.named("wait for a runner").stream()
                                .anyMatch(span -> span.status().equals("ERROR")));
        TraceTree.Node wait = only(tree.named("wait for a runner").stream()
                .filter(span -> span.status().equals("ERROR"))
                .toList());
        assertThat(wait.attributes()).contains("error.type=io.flame4j.CallTimeoutException");
        assertThat(tree.named("never_sent"))
                .filteredOn(span -> span.attributes().contains("flame4j.outcome=timed_out"))
                .singleElement()
                .satisfies(call -> assertThat(call.id()).isEqualTo(wait.parent()));
    }

    /** Refuses all calls. */
    public static final class Refusing implements ContextPropagator {
        @Override
        public void capture(OutgoingCall call) {
            throw new IllegalStateException("no");
        }

        @Override
        public ContextPropagator.Scope restore(IncomingCall call) {
            return failure -> {};
        }
    }

    @Test
    void a_call_that_another_propagator_refuses_ends_its_span() {
        trace();
        pool = builder()
                .contextPropagators(new OpenTelemetryPropagator(), new Refusing())
                .build();
        assertThatThrownBy(() -> pool.call(() -> 1)).hasMessage("no");
        assertThat(exporter.getFinishedSpanItems()).hasSize(1);
    }

    @Test
    void without_an_sdk_here_the_context_is_passed_on_and_nothing_is_registered() {
        pool = builder().build();
        assertThat(pool.call(() -> Span.current().getSpanContext().isValid())).isFalse();
        SpanContext remote = SpanContext.createFromRemoteParent(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        try (Scope scope = Span.wrap(remote).makeCurrent()) {
            assertThat(pool.call(() -> Span.current().getSpanContext().getTraceId()))
                    .isEqualTo(remote.getTraceId());
        }
        assertThat(GlobalOpenTelemetry.isSet()).isFalse();
        TraceTree.Node task = only(tree(1).named("without_an_sdk"));
        assertThat(task.parent()).isEqualTo(remote.getSpanId());
    }
}
