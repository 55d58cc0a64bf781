package io.flame4j.spring.autoconfigure;

import io.flame4j.spring.internal.pool.PoolRegistrar;
import io.flame4j.spring.properties.FlameProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * Makes a bean of each pool in {@link FlameProperties}.
 *
 * @since 0.1
 */
@AutoConfiguration
public class FlameAutoConfiguration {

    /**
     * Registers the pools.
     *
     * @param context the application's context
     * @return what registers them
     */
    @Bean
    static PoolRegistrar flamePoolRegistrar(ConfigurableApplicationContext context) {
        return new PoolRegistrar(context);
    }
}
