package io.flame4j.opentelemetry;

import io.flame4j.FlameParent;
import io.flame4j.RunnerInitializer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;

/** Sets OpenTelemetry up on a runner, whose spans go to a file that the test reads. */
public final class RunnerTracing implements RunnerInitializer {

    @Override
    public void initialize(FlameParent parent) {
        GlobalOpenTelemetry.set(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(
                                SimpleSpanProcessor.create(new FileExporter(Path.of(System.getProperty("spans.file")))))
                        .build())
                .build());
    }

    /** One line for each span: where, trace, span, parent, kind, status, events, name, attributes. */
    record FileExporter(Path file) implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            try {
                for (SpanData span : spans) {
                    Files.writeString(
                            file,
                            TraceTree.Node.of("runner", span).line() + "\n",
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                }
                return CompletableResultCode.ofSuccess();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
