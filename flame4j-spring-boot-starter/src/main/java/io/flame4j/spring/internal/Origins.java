package io.flame4j.spring.internal;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/** Where properties were set, for people. */
public final class Origins {

    private Origins() {}

    /** A sentence to append; empty when Boot does not know. */
    public static String sentence(@Nullable ConfigurationProperty property) {
        return property == null || property.getOrigin() == null ? "" : " It was set in " + property.getOrigin() + ".";
    }
}
