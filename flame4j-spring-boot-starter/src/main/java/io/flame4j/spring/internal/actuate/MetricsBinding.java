package io.flame4j.spring.internal.actuate;

import io.flame4j.micrometer.FlameMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Binds the metrics of pools to registries before there are pools. Boot binds them when all beans have been made, which does
 * nothing to those that are bound already; so this must bind none that Boot would not.
 */
public final class MetricsBinding {

    /**
     * Binds them.
     *
     * @param metrics the metrics
     * @param registries the registries, as Boot has configured them
     */
    public MetricsBinding(ObjectProvider<FlameMetrics> metrics, ObjectProvider<MeterRegistry> registries) {
        List<MeterRegistry> bound = bound(registries);
        metrics.orderedStream().forEach(each -> bound.forEach(each::bindTo));
    }

    /** A composite passes all on to the others. */
    private static List<MeterRegistry> bound(ObjectProvider<MeterRegistry> registries) {
        if (registries.getIfUnique() instanceof CompositeMeterRegistry composite) {
            return List.of(composite);
        }
        List<MeterRegistry> all = registries.orderedStream().toList();
        List<MeterRegistry> composites =
                all.stream().filter(CompositeMeterRegistry.class::isInstance).toList();
        return composites.isEmpty() ? all : composites;
    }
}
