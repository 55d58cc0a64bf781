package io.flame4j.spring.internal.pool;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The names that properties may have, which are those of the records they are bound to. A name that is none of them is
 * answered with what was meant, as far as that can be guessed; Boot's binder, which would find it too, only repeats it.
 */
final class PropertyNames {

    private PropertyNames() {}

    /** The names below a record, as they are written. */
    static List<String> below(Class<?> properties) {
        return Arrays.stream(properties.getRecordComponents())
                .map(PropertyNames::written)
                .toList();
    }

    /**
     * What is wrong with a name, or null.
     *
     * @param properties the record of the names below the first so many elements
     * @param depth how many these are
     */
    static @Nullable String problem(ConfigurationPropertyName name, Class<?> properties, int depth) {
        if (name.getNumberOfElements() <= depth) {
            return null;
        }
        RecordComponent component = find(properties, name.getElement(depth, Form.UNIFORM));
        if (component == null) {
            return unknown(name, properties, depth);
        }
        Class<?> type = component.getType();
        int next = depth + 1;
        if (type.isRecord()) {
            return problem(name, type, next);
        }
        if (Map.class.isAssignableFrom(type)) {
            Class<?> values = valuesOf(component);
            return values.isRecord() ? problem(name, values, next + 1) : null;
        }
        boolean goesOn = name.getNumberOfElements() > next;
        boolean inList = Collection.class.isAssignableFrom(type) && goesOn && name.isNumericIndex(next);
        return goesOn && !inList ? "there is no such property, since " + name.chop(next) + " has none below it." : null;
    }

    /** How many elements come before the key of a map whose values are no records; 0 for all names without one. */
    static int depthOfKey(ConfigurationPropertyName name, Class<?> properties, int depth) {
        int next = depth + 1;
        RecordComponent component =
                name.getNumberOfElements() <= next ? null : find(properties, name.getElement(depth, Form.UNIFORM));
        if (component == null) {
            return 0;
        }
        Class<?> type = component.getType();
        if (type.isRecord()) {
            return depthOfKey(name, type, next);
        }
        if (!Map.class.isAssignableFrom(type)) {
            return 0;
        }
        Class<?> values = valuesOf(component);
        return values.isRecord() ? depthOfKey(name, values, next + 1) : next;
    }

    /** A name that stands where a key is expected, and is one of those that belong below it: the key was forgotten. */
    static boolean isBelow(Class<?> properties, ConfigurationPropertyName name, int depth) {
        return find(properties, name.getElement(depth, Form.UNIFORM)) != null;
    }

    private static String unknown(ConfigurationPropertyName name, Class<?> properties, int depth) {
        ConfigurationPropertyName prefix = name.chop(depth);
        String element = name.getElement(depth, Form.DASHED);
        String nearest = Nearest.of(element, below(properties));
        List<String> meant = nearest != null ? List.of(nearest) : inGroups(element, properties);
        String rest = name.getNumberOfElements() == depth + 1 ? "" : "." + name.subName(depth + 1);
        return "there is no such property. "
                + (meant.isEmpty()
                        ? "Below " + prefix + " are " + String.join(", ", below(properties)) + "."
                        : meant.stream()
                                .map(each -> prefix + "." + each + rest)
                                .collect(Collectors.joining(" or ", "Did you mean ", "?")));
    }

    /** Where a name is that was written one level too high, such as {@code heap} for {@code process.heap}. */
    private static List<String> inGroups(String element, Class<?> properties) {
        List<String> found = new ArrayList<>();
        for (RecordComponent group : properties.getRecordComponents()) {
            if (group.getType().isRecord() && below(group.getType()).contains(element)) {
                found.add(written(group) + "." + element);
            }
        }
        return found;
    }

    private static @Nullable RecordComponent find(Class<?> properties, String uniform) {
        return Arrays.stream(properties.getRecordComponents())
                .filter(each -> written(each).replace("-", "").equals(uniform))
                .findFirst()
                .orElse(null);
    }

    private static Class<?> valuesOf(RecordComponent map) {
        Type values = ((ParameterizedType) map.getGenericType()).getActualTypeArguments()[1];
        return values instanceof Class<?> type ? type : Object.class;
    }

    private static String written(RecordComponent component) {
        return DataObjectPropertyName.toDashedForm(component.getName());
    }
}
