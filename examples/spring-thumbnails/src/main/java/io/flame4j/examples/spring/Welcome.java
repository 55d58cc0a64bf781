package io.flame4j.examples.spring;

import io.flame4j.spring.ConditionalOnFlameParent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says where the page is. */
@Component
@ConditionalOnFlameParent
class Welcome {

    private static final Logger LOG = LoggerFactory.getLogger(Welcome.class);

    @EventListener
    void ready(ApplicationReadyEvent event) {
        Environment environment = event.getApplicationContext().getEnvironment();
        LOG.info(
                "Open http://{}:{} - Ctrl-C ends this and its runners",
                environment.getProperty("server.address", "localhost"),
                environment.getProperty("local.server.port"));
    }
}
