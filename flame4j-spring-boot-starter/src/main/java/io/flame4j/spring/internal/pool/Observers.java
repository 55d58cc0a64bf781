package io.flame4j.spring.internal.pool;

import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.support.AbstractApplicationContext;

/**
 * Has the beans made that watch pools, before the first pool is: its start may wait for runners, whose boots nobody would
 * have seen otherwise. They end after the pools.
 */
final class Observers {

    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);

    /** Each is defined only where what it needs is there. */
    private static final List<String> NAMES =
            List.of("flamePoolHistory", "flamePageFeed", "flameMetricsBinding", "flameOpenTelemetry");

    /** These need beans of others, such as registries, which Boot configures as they are made, once it can. */
    private static final Set<String> LATER = Set.of("flameMetricsBinding", "flameOpenTelemetry");

    private final ConfigurableListableBeanFactory factory;

    Observers(ConfigurableListableBeanFactory factory) {
        this.factory = factory;
    }

    /** Makes them, as far as they do not need this pool themselves. */
    void makeBefore(String poolBean) {
        for (String name : NAMES) {
            if (factory.containsBeanDefinition(name) && (!LATER.contains(name) || processorsAreThere())) {
                make(name, poolBean);
            }
        }
    }

    private void make(String name, String poolBean) {
        try {
            factory.getBean(name);
            factory.registerDependentBean(name, poolBean);
        } catch (BeanCreationException e) {
            if (!e.contains(BeanCurrentlyInCreationException.class)) {
                throw e;
            }
            LOG.warn(
                    "The bean '{}' needs the pool '{}' itself, so that it does not see the pool begin: {}",
                    name,
                    poolBean,
                    e.getMessage());
        }
    }

    /** A pool that a bean post-processor needs comes before them. What follows them in a context's start says so. */
    private boolean processorsAreThere() {
        return factory.containsSingleton(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME);
    }
}
