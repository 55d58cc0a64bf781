package io.flame4j.spring.app;

import io.flame4j.FlameParent;
import io.flame4j.RunnerInitializer;
import io.flame4j.spring.FlameContext;

/** Runs on a runner when its context has started. */
public final class PrepareShop implements RunnerInitializer {

    @Override
    public void initialize(FlameParent parent) {
        System.setProperty(
                "shop.initialized", FlameContext.bean(Probe.class).getClass().getSimpleName());
    }
}
