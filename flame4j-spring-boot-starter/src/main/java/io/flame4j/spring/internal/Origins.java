package io.flame4j.spring.internal;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.PropertySourceOrigin;

/** Where properties were set, for people. */
public final class Origins {

    private Origins() {}

    /** A sentence to append; empty when Boot does not know. */
    public static String sentence(@Nullable ConfigurationProperty property) {
        return property == null || property.getOrigin() == null ? "" : " It was set in " + property.getOrigin() + ".";
    }

    /** The name by which a property was set, as it was written; null when Boot does not know. */
    public static @Nullable String written(@Nullable ConfigurationProperty property) {
        return property != null && property.getOrigin() instanceof PropertySourceOrigin origin
                ? origin.getPropertyName()
                : null;
    }
}
