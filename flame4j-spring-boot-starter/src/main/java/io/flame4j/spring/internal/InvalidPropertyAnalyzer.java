package io.flame4j.spring.internal;

import io.flame4j.spring.InvalidFlamePropertyException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Says in Boot's own way which property keeps the application from starting, and where it was set. */
public final class InvalidPropertyAnalyzer extends AbstractFailureAnalyzer<InvalidFlamePropertyException> {

    private final Environment environment;

    /**
     * Makes one.
     *
     * @param environment that of the context that did not start
     */
    public InvalidPropertyAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidFlamePropertyException cause) {
        String message = String.valueOf(cause.getMessage());
        String origin = origin(cause.property());
        return new FailureAnalysis(
                message.contains(origin) ? message : message + origin,
                "Change or remove the property " + cause.property() + ".",
                cause);
    }

    private String origin(String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null) {
                return Origins.sentence(found);
            }
        }
        return "";
    }
}
