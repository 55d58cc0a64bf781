package io.flame4j.spring.internal.runner;

import io.flame4j.FlameRunner;
import org.springframework.boot.context.event.ApplicationStartingEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Turns a process into a runner that was started as one by the application's own command, as some images are. It has no
 * effect where flame4j's own entry point came first, which is the rule; there this very application is started later.
 */
public final class BecomeRunner implements ApplicationListener<ApplicationStartingEvent>, Ordered {

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ApplicationStartingEvent event) {
        FlameRunner.runIfRunner();
    }
}
