package io.flame4j.spring.trace;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** An application with a bean as Boot makes it for OpenTelemetry: one that is not registered globally. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class TracedApplication {

    /** Starts it. */
    public static void main(String[] args) {
        SpringApplication.run(TracedApplication.class, args);
    }

    @Bean
    InMemorySpanExporter exporter() {
        return InMemorySpanExporter.create();
    }

    @Bean
    OpenTelemetrySdk openTelemetry(InMemorySpanExporter exporter) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build();
    }
}
