package io.flame4j.spring.autoconfigure;

import io.flame4j.dashboard.DashboardFeed;
import io.flame4j.spring.ConditionalOnFlameParent;
import io.flame4j.spring.internal.actuate.FlamePageEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * The live page under the actuator: where the module flame4j-dashboard is there and the endpoint {@code flamepage} is
 * exposed over HTTP, and nowhere else.
 *
 * @since 0.1
 */
@AutoConfiguration(after = FlameAutoConfiguration.class)
@ConditionalOnClass({DashboardFeed.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnWebApplication
@ConditionalOnFlameParent
@ConditionalOnAvailableEndpoint(endpoint = FlamePageEndpoint.class, exposure = EndpointExposure.WEB)
public class FlamePageAutoConfiguration {

    /**
     * What the page shows, from the start of the application; it may resize pools where writing is allowed.
     *
     * @param access says that
     * @return the feed, closed with the context
     */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @Lazy(false)
    DashboardFeed flamePageFeed(EndpointAccessResolver access) {
        Access allowed = access.accessFor(EndpointId.of(FlamePageEndpoint.ID), Access.READ_ONLY);
        return DashboardFeed.open(
                allowed == Access.UNRESTRICTED ? DashboardFeed.Access.RESIZE : DashboardFeed.Access.READ_ONLY);
    }

    /**
     * The endpoint.
     *
     * @param feed what it shows
     * @return the endpoint
     */
    @Bean
    @ConditionalOnMissingBean
    FlamePageEndpoint flamePageEndpoint(DashboardFeed feed) {
        return new FlamePageEndpoint(feed);
    }
}
