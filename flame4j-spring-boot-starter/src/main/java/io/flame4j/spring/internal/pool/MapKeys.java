package io.flame4j.spring.internal.pool;

import io.flame4j.spring.properties.FlameProperties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Keys of maps as they were written. Outside of brackets Boot leaves out all but letters, digits, dashes, dots and
 * underscores: {@code nvidia.com/gpu} becomes {@code nvidia.comgpu}, which is no mistake to Boot.
 */
final class MapKeys {

    private static final Pattern ELEMENT = Pattern.compile("\\[[^\\]]*]|[^.\\[\\]]+");
    private static final Pattern LEFT_OUT = Pattern.compile("[^\\w.\\-]");

    private MapKeys() {}

    /**
     * What is wrong with a key, or null.
     *
     * @param written the name as it was written
     * @param name what Boot makes of it
     */
    static @Nullable String problem(String written, ConfigurationPropertyName name) {
        int depth = PropertyNames.depthOfKey(name, FlameProperties.class, 1);
        Matcher elements = ELEMENT.matcher(written);
        for (int i = 0; i < depth; i++) {
            if (!elements.find()) {
                return null;
            }
        }
        String key = depth == 0 ? "" : written.substring(elements.end());
        Matcher lost = LEFT_OUT.matcher(key.replaceAll("\\[[^\\]]*]", ""));
        if (!lost.find()) {
            return null;
        }
        String bracketed = "[" + key.replaceFirst("^\\.", "") + "]";
        return "Spring Boot leaves '" + lost.group() + "' out of a key that is not in brackets. Write "
                + name.chop(depth) + bracketed + ", in YAML \"" + bracketed + "\" as the key.";
    }
}
