package io.flame4j.spring.internal.pool;

import io.flame4j.spring.InvalidFlamePropertyException;
import io.flame4j.spring.properties.BackendKind;
import io.flame4j.spring.properties.CallProperties;
import io.flame4j.spring.properties.FlameProperties;
import io.flame4j.spring.properties.PoolProperties;
import io.flame4j.spring.properties.RunnerProperties;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/** Reads what the environment says of pools and runners. A name that it does not know is an error. */
final class PropertyBinding {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("flame4j");

    /** The variables and properties of the system have other names below flame4j as well, and are not held to it. */
    private static final UnboundElementsSourceFilter WRITTEN_FOR_THIS = new UnboundElementsSourceFilter();

    /** What users may say, and what this module says to itself. */
    private static final List<String> KNOWN = List.of("pools", "runner", "call", "backend");

    private static final Set<String> OWN = Set.of("role", "in-test", "application");

    private PropertyBinding() {}

    static FlameProperties bind(Environment environment) {
        refuseUnknown(environment);
        Binder binder = Binder.get(environment);
        BindHandler strict = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, WRITTEN_FOR_THIS);
        BackendKind backend = binder.bind("flame4j.backend", BackendKind.class).orElse(BackendKind.AUTO);
        Map<String, PoolProperties> pools = binder.bind(
                        "flame4j.pools", Bindable.mapOf(String.class, PoolProperties.class), strict)
                .orElseGet(LinkedHashMap::new);
        RunnerProperties runner = binder.bindOrCreate("flame4j.runner", Bindable.of(RunnerProperties.class), strict);
        CallProperties call = binder.bindOrCreate("flame4j.call", Bindable.of(CallProperties.class), strict);
        return new FlameProperties(backend, pools, runner, call);
    }

    /** Directly below the root; further down the binder sees to it. */
    private static void refuseUnknown(Environment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource names && WRITTEN_FOR_THIS.apply(source)) {
                names.stream().filter(ROOT::isAncestorOf).forEach(PropertyBinding::check);
            }
        }
    }

    private static void check(ConfigurationPropertyName name) {
        String first = name.getElement(1, Form.UNIFORM);
        if (Stream.concat(KNOWN.stream(), OWN.stream())
                .noneMatch(known -> known.replace("-", "").equals(first))) {
            String nearest = Nearest.of(name.getElement(1, Form.DASHED), KNOWN);
            throw new InvalidFlamePropertyException(
                    name.toString(),
                    "there is no such property. "
                            + (nearest == null
                                    ? "Below flame4j are " + String.join(", ", KNOWN) + "."
                                    : "Did you mean " + ROOT.append(nearest) + rest(name) + "?"),
                    null);
        }
    }

    private static String rest(ConfigurationPropertyName name) {
        return name.getNumberOfElements() == 2 ? "" : "." + name.subName(2);
    }
}
