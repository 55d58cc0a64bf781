package io.flame4j.spring.autoconfigure;

import io.flame4j.dashboard.DashboardFeed;
import io.flame4j.spring.ConditionalOnFlameParent;
import io.flame4j.spring.internal.actuate.FlamePageEndpoint;
import io.flame4j.spring.internal.actuate.PageGate;
import io.flame4j.spring.internal.actuate.ReactivePageFilter;
import io.flame4j.spring.internal.actuate.ServletPageFilter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The filter before the live page, in the context that serves the actuator, whichever port that has.
 *
 * @since 0.1
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnClass(DashboardFeed.class)
@ConditionalOnFlameParent
@ConditionalOnAvailableEndpoint(endpoint = FlamePageEndpoint.class, exposure = EndpointExposure.WEB)
public class FlamePageManagementConfiguration {

    /** Of servlets. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class Servlets {

        @Bean
        ServletPageFilter flamePageFilter(ObjectProvider<PathMappedEndpoints> endpoints, Environment environment) {
            return new ServletPageFilter(new PageGate(endpoints, environment));
        }
    }

    /** Of reactive applications. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static class Reactive {

        @Bean
        ReactivePageFilter flamePageFilter(ObjectProvider<PathMappedEndpoints> endpoints, Environment environment) {
            return new ReactivePageFilter(new PageGate(endpoints, environment));
        }
    }
}
