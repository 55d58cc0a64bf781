package io.flame4j.spring.properties;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code flame4j.pools.<name>.result-filter}: what this process takes from its runners.
 *
 * @param allow patterns of the classes to take, and no others; default: all but those that are known to do harm
 * @param alsoAllow patterns of classes to take beside those
 * @param maxDepth deepest nesting of a result
 * @param maxReferences most objects of a result
 * @param maxArrayLength most elements of an array
 * @param maxBytes largest result
 * @since 0.1
 */
public record ResultFilterProperties(
        @DefaultValue List<String> allow,
        @DefaultValue List<String> alsoAllow,
        @Nullable Integer maxDepth,
        @Nullable Long maxReferences,
        @Nullable Integer maxArrayLength,
        @Nullable DataSize maxBytes) {

    /** Copies. */
    public ResultFilterProperties {
        allow = List.copyOf(allow);
        alsoAllow = List.copyOf(alsoAllow);
    }
}
