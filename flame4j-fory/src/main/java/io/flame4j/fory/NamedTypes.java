package io.flame4j.fory;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.fory.Fory;
import org.apache.fory.exception.InsecureException;
import org.apache.fory.resolver.TypeChecker;
import org.apache.fory.resolver.TypeResolver;

/**
 * Asked before Fory loads a class by a name in a message. That it requires registration is not enough: what is written
 * by {@code writeReplace} or {@code readResolve}, or in layers, as {@code writeObject} has it, is named in the message, and
 * Fory makes it without looking whether it is registered.
 */
final class NamedTypes implements TypeChecker {

    private final Set<String> names;

    private NamedTypes(Set<String> names) {
        this.names = names;
    }

    /** The classes, what they extend, and what Fory knows of the JDK. */
    static NamedTypes of(Fory fory, List<Class<?>> classes) {
        Set<String> names = new HashSet<>();
        for (Class<?> known : fory.getClassResolver().getRegisteredClasses()) {
            names.add(known.getName());
        }
        for (Class<?> named : classes) {
            for (Class<?> type = named; type != null && type != Object.class; type = type.getSuperclass()) {
                names.add(type.getName());
            }
        }
        return new NamedTypes(names);
    }

    @Override
    public boolean checkType(TypeResolver resolver, String name) {
        if (!names.contains(name) && !names.contains(element(name))) {
            throw new InsecureException(element(name) + " is not registered");
        }
        return true;
    }

    /** Of an array of objects the class of its elements, of one of primitives nothing but that. */
    private static String element(String name) {
        int dimensions = 0;
        while (dimensions < name.length() && name.charAt(dimensions) == '[') {
            dimensions++;
        }
        if (dimensions == 0) {
            return name;
        }
        return name.charAt(dimensions) == 'L' && name.endsWith(";")
                ? name.substring(dimensions + 1, name.length() - 1)
                // Those of one dimension are known to Fory.
                : name.substring(dimensions - 1);
    }
}
