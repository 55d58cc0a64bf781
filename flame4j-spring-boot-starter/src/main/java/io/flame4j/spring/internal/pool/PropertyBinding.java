package io.flame4j.spring.internal.pool;

import io.flame4j.spring.properties.BackendKind;
import io.flame4j.spring.properties.CallProperties;
import io.flame4j.spring.properties.FlameProperties;
import io.flame4j.spring.properties.PoolProperties;
import io.flame4j.spring.properties.RunnerProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.core.env.Environment;

/** Reads what the environment says of pools and runners. A name that it does not know is an error. */
final class PropertyBinding {

    private PropertyBinding() {}

    static FlameProperties bind(Environment environment) {
        UnknownProperties.refuse(environment);
        Binder binder = Binder.get(environment);
        BindHandler strict = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, UnknownProperties.WRITTEN_FOR_THIS);
        BackendKind backend = binder.bind("flame4j.backend", BackendKind.class).orElse(BackendKind.AUTO);
        Map<String, PoolProperties> pools = binder.bind(
                        "flame4j.pools", Bindable.mapOf(String.class, PoolProperties.class), strict)
                .orElseGet(LinkedHashMap::new);
        RunnerProperties runner = binder.bindOrCreate("flame4j.runner", Bindable.of(RunnerProperties.class), strict);
        CallProperties call = binder.bindOrCreate("flame4j.call", Bindable.of(CallProperties.class), strict);
        return new FlameProperties(backend, onceEach(pools), runner, call);
    }

    /**
     * A variable has no dashes: {@code FLAME4J_POOLS_HOTTHUMBS_MAX} is of the pool {@code hot-thumbs}, as it is to Boot, which
     * has given both the values of both.
     */
    private static Map<String, PoolProperties> onceEach(Map<String, PoolProperties> pools) {
        Map<String, PoolProperties> each = new LinkedHashMap<>(pools);
        pools.keySet().stream()
                .filter(dashed -> dashed.contains("-"))
                .forEach(dashed -> each.remove(dashed.replace("-", "")));
        return each;
    }
}
