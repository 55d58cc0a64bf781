package io.flame4j.spring.internal.pool;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.backend.Backend;
import io.flame4j.kubernetes.Entrypoint;
import io.flame4j.kubernetes.Inherit;
import io.flame4j.kubernetes.KubernetesBackend;
import io.flame4j.kubernetes.KubernetesBackendBuilder;
import io.flame4j.spring.properties.KubernetesProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.springframework.core.io.Resource;

/** Pods from properties. The only class here that knows the module flame4j-kubernetes, which may be absent. */
final class KubernetesBackends {

    private KubernetesBackends() {}

    /**
     * Makes a backend.
     *
     * @param launch variables that tell runners how to start the application's context
     */
    static Backend create(KubernetesProperties pods, Settings settings, Beans beans, Map<String, String> launch) {
        KubernetesBackendBuilder builder = KubernetesBackend.builder();
        client(pods, settings, beans, builder);
        pod(pods, settings, beans, builder);
        listening(pods, settings, beans, builder);
        settings.set("delete-pod-after", pods.deletePodAfter(), builder::deletePodAfter);
        settings.set("keep-failed-pods", pods.keepFailedPods(), builder::keepFailedPods);
        settings.set("max-in-namespace", pods.maxInNamespace(), builder::maxInNamespace);
        settings.set("unschedulable-grace", pods.unschedulableGrace(), builder::unschedulableGrace);
        settings.set("active-deadline", pods.activeDeadline(), builder::activeDeadline);
        builder.env(launch);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw settings.invalid("", e);
        }
    }

    private static void client(
            KubernetesProperties pods, Settings settings, Beans beans, KubernetesBackendBuilder builder) {
        KubernetesClient named = beans.named(settings, "client", pods.client(), KubernetesClient.class);
        KubernetesClient client = named != null ? named : beans.only(KubernetesClient.class);
        settings.set("client", client, builder::client);
    }

    @SuppressWarnings("unchecked") // What it changes is said in the documents; another type fails the first boot.
    private static void pod(
            KubernetesProperties pods, Settings settings, Beans beans, KubernetesBackendBuilder builder) {
        settings.set("namespace", pods.namespace(), builder::namespace);
        settings.set("app-container", pods.appContainer(), builder::appContainer);
        settings.set("image", pods.image(), builder::image);
        settings.set("manifest", pods.manifest(), location -> manifest(location, builder));
        settings.set(
                "customize",
                (UnaryOperator<PodBuilder>) beans.named(settings, "customize", pods.customize(), UnaryOperator.class),
                builder::customize);
        settings.set("inherit", pods.inherit(), names -> builder.inherit(inherited(names)));
        settings.setAll("env", pods.env(), builder::env);
        settings.setAll("secret-env", pods.secretEnv(), builder::secretEnv);
        if (!pods.resources().requests().isEmpty() || !pods.resources().limits().isEmpty()) {
            settings.set("resources", pods.resources(), each -> builder.resources(each.requests(), each.limits()));
        }
        pods.gpu().forEach((resource, count) -> settings.set("gpu", count, each -> builder.gpu(each, resource)));
        settings.setAll("labels", pods.labels(), builder::labels);
        settings.setAll("annotations", pods.annotations(), builder::annotations);
        settings.set("entrypoint", pods.entrypoint(), name -> builder.command(constant(Entrypoint.class, name)));
        if (pods.entrypoint() != null && !pods.command().isEmpty()) {
            throw settings.invalid("command", "entrypoint says what is executed, too. Leave one of them out.");
        }
        settings.setAll("command", pods.command(), builder::command);
        settings.setAll("jvm-options", pods.jvmOptions(), all -> builder.jvmOptions(all.toArray(String[]::new)));
        settings.set("omit-owner-reference", pods.omitOwnerReference(), builder::omitOwnerReference);
    }

    private static void listening(
            KubernetesProperties pods, Settings settings, Beans beans, KubernetesBackendBuilder builder) {
        settings.set("advertise-address", pods.advertiseAddress(), builder::advertiseAddress);
        settings.set("port", pods.port(), builder::port);
        new TlsSettings(settings.below("tls"), beans).apply(pods.tls(), builder::tls);
        settings.set("token-in-secret", pods.tokenInSecret(), builder::tokenInSecret);
        settings.set("token-bound-to-address", pods.tokenBoundToAddress(), builder::tokenBoundToAddress);
        settings.set("pending-connections", pods.pendingConnections(), builder::pendingConnections);
    }

    private static void manifest(Resource location, KubernetesBackendBuilder builder) {
        try {
            builder.manifest(location.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(location.getDescription() + " cannot be read: " + e, e);
        }
    }

    private static Set<Inherit> inherited(Set<String> names) {
        return names.stream().map(name -> constant(Inherit.class, name)).collect(Collectors.toUnmodifiableSet());
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) {
        String wanted = name.replace('-', '_').toUpperCase(Locale.ROOT);
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is none of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(each ->
                                        each.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                                .collect(Collectors.joining(", "))
                        + "."));
    }
}
