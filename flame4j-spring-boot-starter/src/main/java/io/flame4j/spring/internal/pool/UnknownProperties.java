package io.flame4j.spring.internal.pool;

import io.flame4j.spring.InvalidFlamePropertyException;
import io.flame4j.spring.internal.Origins;
import io.flame4j.spring.properties.FlameProperties;
import io.flame4j.spring.properties.PoolProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/** Refuses names below {@code flame4j} that mean nothing, all of them at once, with where they were set. */
final class UnknownProperties {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("flame4j");
    private static final ConfigurationPropertyName POOLS = ROOT.append("pools");

    /** The variables and properties of the system have other names below flame4j as well, and are not held to it. */
    static final UnboundElementsSourceFilter WRITTEN_FOR_THIS = new UnboundElementsSourceFilter();

    /** What this module says to itself. */
    private static final Set<String> OWN = Set.of("role", "intest", "application");

    private UnknownProperties() {}

    static void refuse(Environment environment) {
        Map<String, String> problems = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource names && WRITTEN_FOR_THIS.apply(source)) {
                names.stream().filter(ROOT::isAncestorOf).forEach(name -> {
                    ConfigurationProperty property = source.getConfigurationProperty(name);
                    String problem = problem(name, names);
                    if (problem != null) {
                        problems.putIfAbsent(name.toString(), problem + Origins.sentence(property));
                    } else {
                        String written = Origins.written(property);
                        String lost = written == null ? null : MapKeys.problem(written, name);
                        if (lost != null) {
                            problems.putIfAbsent(written, lost + Origins.sentence(property));
                        }
                    }
                });
            }
        }
        if (!problems.isEmpty()) {
            throw exception(problems);
        }
    }

    private static @Nullable String problem(ConfigurationPropertyName name, IterableConfigurationPropertySource names) {
        if (OWN.contains(name.getElement(1, Form.UNIFORM))) {
            return null;
        }
        // A pool may have any name, so that the only thing to tell is one without anything below it.
        if (POOLS.isParentOf(name)
                && PropertyNames.isBelow(PoolProperties.class, name, 2)
                && names.stream().noneMatch(name::isAncestorOf)) {
            return "the name of the pool is missing. Did you mean " + POOLS + ".<name>." + name.subName(2) + "?";
        }
        return PropertyNames.problem(name, FlameProperties.class, 1);
    }

    private static InvalidFlamePropertyException exception(Map<String, String> problems) {
        Map.Entry<String, String> first = problems.entrySet().iterator().next();
        String others = problems.entrySet().stream()
                .skip(1)
                .map(each -> "\nThe property " + each.getKey() + " is not valid either: " + each.getValue())
                .collect(Collectors.joining());
        return new InvalidFlamePropertyException(first.getKey(), first.getValue() + others, null);
    }
}
