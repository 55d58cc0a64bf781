package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.flame4j.kubernetes.internal.api.Clients;
import io.flame4j.kubernetes.internal.api.Redaction;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is asked of the API server for the checks alone. Nothing here changes anything. Each method blocks. */
final class Lookups {

    private static final int FORBIDDEN = 403;

    private final KubernetesClient client;

    Lookups(KubernetesClient client) {
        this.client = client;
    }

    /**
     * An answer.
     *
     * @param value what was found; null when there is none, or it could not be asked for
     * @param refusal what the server said instead; empty when it answered
     * @param code the HTTP status of the refusal, 0 when there was no answer at all
     */
    record Answer<T>(@Nullable T value, String refusal, int code) {

        boolean isAnswered() {
            return refusal.isEmpty();
        }

        boolean isForbidden() {
            return code == FORBIDDEN;
        }
    }

    /** The version of the server, such as {@code v1.33.1}. */
    Answer<String> version() {
        return ask(() -> client.getKubernetesVersion().getGitVersion());
    }

    /** Who the server takes the caller for; servers before 1.28 do not tell. */
    Answer<String> user() {
        SelfSubjectReview review =
                new SelfSubjectReviewBuilder().withNewMetadata().endMetadata().build();
        return ask(
                () -> client.resource(review).create().getStatus().getUserInfo().getUsername());
    }

    String url() {
        return Clients.server(client);
    }

    Answer<Namespace> namespace(String name) {
        return ask(() -> client.namespaces().withName(name).get());
    }

    Answer<List<ResourceQuota>> quotas(String namespace) {
        return ask(() -> client.resourceQuotas().inNamespace(namespace).list().getItems());
    }

    Answer<Secret> secret(String namespace, String name) {
        return ask(() -> client.secrets().inNamespace(namespace).withName(name).get());
    }

    /**
     * Lets the server decide about a pod without creating it; the pod as it would be. A refusal is without the values of
     * variables.
     */
    Answer<Pod> wouldCreate(Pod pod) {
        Redaction redaction = Redaction.of(pod);
        Answer<Pod> answer = ask(() -> client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .resource(pod)
                .dryRun(true)
                .create());
        return new Answer<>(answer.value(), redaction.brief(answer.refusal()), answer.code());
    }

    private static <T> Answer<T> ask(Supplier<@Nullable T> question) {
        try {
            return new Answer<>(question.get(), "", 0);
        } catch (KubernetesClientException e) {
            String said = e.getStatus() == null || e.getStatus().getMessage() == null
                    ? Objects.requireNonNullElse(e.getMessage(), e.toString())
                    : e.getStatus().getMessage();
            String more = e.getCode() != 0 || e.getCause() == null
                    ? null
                    : e.getCause().getMessage();
            return new Answer<>(null, more == null ? said : said + " (" + more + ")", e.getCode());
        }
    }
}
