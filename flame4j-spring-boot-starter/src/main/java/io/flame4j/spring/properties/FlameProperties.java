package io.flame4j.spring.properties;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code flame4j}: pools and runners.
 *
 * @param backend what starts runners; default auto
 * @param pools the pools, by name
 * @param runner how the application starts on a runner
 * @param call methods with @FlameCall
 * @since 0.1
 */
@ConfigurationProperties("flame4j")
public record FlameProperties(
        @DefaultValue("auto") BackendKind backend,
        @DefaultValue Map<String, PoolProperties> pools,
        @DefaultValue @NestedConfigurationProperty RunnerProperties runner,
        @DefaultValue @NestedConfigurationProperty CallProperties call) {

    /** Copies. */
    public FlameProperties {
        pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
    }
}
