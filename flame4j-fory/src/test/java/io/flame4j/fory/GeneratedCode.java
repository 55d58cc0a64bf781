package io.flame4j.fory;

import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;

/** The code that Fory has generated in this JVM, as the JVM itself tells. */
final class GeneratedCode {

    private GeneratedCode() {}

    /** The names of the serializers that Fory has made for a class, and the JVM has loaded. */
    static List<String> of(Class<?> type) {
        String start = type.getName().replace('$', '_') + "Fory";
        return loaded().lines()
                .map(line -> line.replaceAll("^[| -]*|/.*$", ""))
                .filter(name -> name.replace('$', '_').startsWith(start))
                .toList();
    }

    private static String loaded() {
        try {
            return (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmClassHierarchy",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException("This JVM does not tell which classes it has loaded", e);
        }
    }
}
