package io.flame4j.spring.autoconfigure;

import io.flame4j.spring.ConditionalOnFlameParent;
import io.flame4j.spring.internal.call.CallProcessor;
import io.flame4j.spring.internal.call.CallValidator;
import io.flame4j.spring.internal.pool.PoolDrain;
import io.flame4j.spring.internal.pool.PoolRegistrar;
import io.flame4j.spring.properties.FlameProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Makes a bean of each pool in {@link FlameProperties}, and sends calls of annotated methods to them.
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

    /**
     * Closes the pools side by side when the context ends.
     *
     * @param context the application's context
     * @return what closes them
     */
    @Bean
    @Lazy(false)
    static PoolDrain flamePoolDrain(ConfigurableApplicationContext context) {
        return new PoolDrain(context);
    }

    /**
     * Checks methods with {@link io.flame4j.spring.FlameCall}.
     *
     * @param context the application's context
     * @return what checks them
     */
    @Bean
    @ConditionalOnFlameParent
    static CallValidator flameCallValidator(ConfigurableApplicationContext context) {
        return new CallValidator(context.getEnvironment());
    }

    /**
     * Sends calls of methods with {@link io.flame4j.spring.FlameCall} to runners. Not on a runner, where they run in place.
     *
     * @param context the application's context
     * @return what makes proxies of their beans
     */
    @Bean
    @ConditionalOnFlameParent
    static CallProcessor flameCallProcessor(ConfigurableApplicationContext context) {
        return new CallProcessor(context.getBeanFactory(), context.getEnvironment());
    }
}
