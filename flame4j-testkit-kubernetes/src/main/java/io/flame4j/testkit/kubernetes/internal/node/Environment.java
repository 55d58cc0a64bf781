package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a container, resolved as a kubelet does it: what {@code envFrom} names, then {@code env} in its
 * order, each able to refer to those before it, then the node's own variables for names that are still free.
 */
final class Environment {

    /** Where Secrets and ConfigMaps are looked up, all in the namespace of the pod. Null for what is not there. */
    interface Sources {
        @Nullable
        Secret secret(String name);

        @Nullable
        ConfigMap configMap(String name);
    }

    private final Pod pod;
    private final Container container;
    private final PodContext context;
    private final Sources sources;
    private final Map<String, String> variables = new LinkedHashMap<>();

    private Environment(Pod pod, Container container, PodContext context, Sources sources) {
        this.pod = pod;
        this.container = container;
        this.context = context;
        this.sources = sources;
    }

    /** The variables of a container. Blocks as long as the sources do. */
    static Map<String, String> of(Pod pod, Container container, PodContext context, Sources sources)
            throws ConfigException {
        Environment environment = new Environment(pod, container, context, sources);
        environment.addSources();
        environment.addVariables();
        context.serviceVariables().forEach(environment.variables::putIfAbsent);
        return environment.variables;
    }

    private void addSources() throws ConfigException {
        for (EnvFromSource source : container.getEnvFrom()) {
            String prefix = Objects.requireNonNullElse(source.getPrefix(), "");
            Map<String, String> found = Map.of();
            if (source.getSecretRef() != null) {
                String name = source.getSecretRef().getName();
                found = secret(name, isTrue(source.getSecretRef().getOptional()));
            } else if (source.getConfigMapRef() != null) {
                String name = source.getConfigMapRef().getName();
                found = configMap(name, isTrue(source.getConfigMapRef().getOptional()));
            }
            found.forEach((name, value) -> variables.put(prefix + name, value));
        }
    }

    private void addVariables() throws ConfigException {
        Map<String, String> known = new HashMap<>(context.serviceVariables());
        known.putAll(variables);
        for (EnvVar variable : container.getEnv()) {
            String value = Objects.requireNonNullElse(variable.getValue(), "");
            if (!value.isEmpty()) {
                value = Expansion.expand(value, known);
            } else if (variable.getValueFrom() != null) {
                String found = value(variable.getValueFrom());
                if (found == null) {
                    continue; // optional
                }
                value = found;
            }
            variables.put(variable.getName(), value);
            known.put(variable.getName(), value);
        }
    }

    private @Nullable String value(EnvVarSource source) throws ConfigException {
        if (source.getFieldRef() != null) {
            return FieldValues.field(pod, source.getFieldRef().getFieldPath(), context);
        }
        if (source.getResourceFieldRef() != null) {
            return FieldValues.resource(pod, container, source.getResourceFieldRef(), context);
        }
        if (source.getSecretKeyRef() != null) {
            SecretKeySelector key = source.getSecretKeyRef();
            boolean optional = isTrue(key.getOptional());
            return pick(secret(key.getName(), optional), key.getKey(), "Secret", key.getName(), optional);
        }
        if (source.getConfigMapKeyRef() != null) {
            ConfigMapKeySelector key = source.getConfigMapKeyRef();
            boolean optional = isTrue(key.getOptional());
            return pick(configMap(key.getName(), optional), key.getKey(), "ConfigMap", key.getName(), optional);
        }
        throw new ConfigException("this kind of valueFrom is not known");
    }

    private @Nullable String pick(Map<String, String> data, String key, String kind, String name, boolean optional)
            throws ConfigException {
        String value = data.get(key);
        if (value == null && !optional) {
            throw new ConfigException("couldn't find key " + key + " in " + kind + " "
                    + pod.getMetadata().getNamespace() + "/" + name);
        }
        return value;
    }

    private Map<String, String> secret(String name, boolean optional) throws ConfigException {
        Secret secret = sources.secret(name);
        if (secret == null) {
            return missing("secret", name, optional);
        }
        Map<String, String> data = new LinkedHashMap<>();
        if (secret.getData() != null) {
            secret.getData()
                    .forEach((key, value) ->
                            data.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        }
        if (secret.getStringData() != null) {
            data.putAll(secret.getStringData()); // a mock may have kept it
        }
        return data;
    }

    private Map<String, String> configMap(String name, boolean optional) throws ConfigException {
        ConfigMap configMap = sources.configMap(name);
        if (configMap == null) {
            return missing("configmap", name, optional);
        }
        return Objects.requireNonNullElse(configMap.getData(), Map.of());
    }

    private static Map<String, String> missing(String kind, String name, boolean optional) throws ConfigException {
        if (!optional) {
            throw new ConfigException(kind + " \"" + name + "\" not found");
        }
        return Map.of();
    }

    private static boolean isTrue(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }
}
