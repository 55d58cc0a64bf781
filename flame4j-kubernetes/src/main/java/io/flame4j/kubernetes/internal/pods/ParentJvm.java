package io.flame4j.kubernetes.internal.pods;

import io.flame4j.backend.JvmCommand;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How the parent's own JVM was started.
 *
 * @param command the command for its runners
 * @param directory the directory it was started in
 * @param variables those of its environment variables that change how a JVM starts; the values may be secret
 */
public record ParentJvm(JvmCommand command, String directory, Map<String, String> variables) {

    /** Checks and copies. */
    public ParentJvm {
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(directory, "directory");
        variables = Map.copyOf(variables);
    }

    /** Reads it from this process. */
    public static ParentJvm ofThisProcess() {
        Map<String, String> variables = new TreeMap<>();
        System.getenv().forEach((name, value) -> {
            if (JvmCommand.ABSORBED_VARIABLES.contains(name) || Buildpack.SWITCHES.contains(name)) {
                variables.put(name, value);
            }
        });
        return new ParentJvm(JvmCommand.ofThisProcess(), System.getProperty("user.dir", "/"), variables);
    }

    /** Leaves the values of the variables out. */
    @Override
    public String toString() {
        return "ParentJvm[" + command + ", directory=" + directory + ", variables=" + variables.keySet() + "]";
    }
}
