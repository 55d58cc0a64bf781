package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.flame4j.backend.RunnerSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The environment variables that nobody may override, and how they get into a container. */
public final class ForcedEnv {

    /** The variables that every runner has. */
    public static final Set<String> NAMES =
            Set.of("POD_NAME", "POD_NAMESPACE", "POD_IP", RunnerSpec.PARENT_VARIABLE, RunnerSpec.TOKEN_VARIABLE);

    private ForcedEnv() {}

    /**
     * All variables of a runner. The forced ones come first, so that others can refer to them as {@code $(POD_IP)}. Whom to
     * dial is in the pod even when there is a Secret: who could put a Secret in its place must not change that.
     *
     * @param others the user's, without forced ones
     * @param secret the Secret that holds the token, null when it is in the pod
     */
    static List<EnvVar> all(RunnerSpec spec, List<EnvVar> others, @Nullable String secret) {
        Map<String, EnvVar> result = new LinkedHashMap<>();
        put(result, field("POD_NAME", "metadata.name"));
        put(result, field("POD_NAMESPACE", "metadata.namespace"));
        put(result, field("POD_IP", "status.podIP"));
        new TreeMap<>(spec.environment())
                .forEach((name, value) -> put(
                        result,
                        isSecret(name) && secret != null ? fromSecret(name, secret) : literal(name, literally(value))));
        others.forEach(variable -> result.putIfAbsent(variable.getName(), variable));
        return List.copyOf(result.values());
    }

    /** Whether a variable that the pool gives belongs into the Secret, if there is one. */
    static boolean isSecret(String name) {
        return name.equals(RunnerSpec.TOKEN_VARIABLE);
    }

    static EnvVar literal(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    static EnvVar fromSecret(String name, String secret) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewSecretKeyRef(name, secret, false)
                .endValueFrom()
                .build();
    }

    /** A text as Kubernetes takes it in variables and commands, where {@code $(NAME)} would be replaced. */
    static String literally(String text) {
        return text.replace("$", "$$");
    }

    /**
     * The first list with the second's variables in place of those of the same name. A variable can only refer to those
     * before it: what refers to nothing keeps its place or comes first, what may refer to others comes last.
     */
    static List<EnvVar> merge(List<EnvVar> base, List<EnvVar> over) {
        Map<String, EnvVar> old = new LinkedHashMap<>();
        base.forEach(variable -> put(old, variable));
        Map<String, EnvVar> first = new LinkedHashMap<>();
        for (EnvVar variable : over) {
            boolean refers = variable.getValue() != null && variable.getValue().contains("$(");
            if (refers) {
                old.remove(variable.getName());
            }
            put(refers || old.containsKey(variable.getName()) ? old : first, variable);
        }
        old.forEach(first::putIfAbsent);
        return List.copyOf(first.values());
    }

    private static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    private static void put(Map<String, EnvVar> map, EnvVar variable) {
        map.put(variable.getName(), variable);
    }
}
