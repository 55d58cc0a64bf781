package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls that the backend makes. Thread-safe; blocking methods can be interrupted. */
public final class PodApi implements AutoCloseable {

    private final KubernetesClient client;
    private final Identity identity;
    private final ExecutorService executor = Executors.newFixedThreadPool(4, task -> {
        Thread thread = new Thread(task, "flame4j-api");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<CompletableFuture<Void>> deletes = ConcurrentHashMap.newKeySet();

    public PodApi(KubernetesClient client, Identity identity) {
        this.client = client;
        this.identity = identity;
    }

    /** Creates a pod and returns it as the server has it. Tries again for as long as {@code patience}. */
    public Pod create(Pod pod, Duration patience) throws ApiException, InterruptedException {
        return call("create", "pods", () -> client.resource(pod).create());
    }

    /** Creates a Secret and returns it as the server has it. Tries again for as long as {@code patience}. */
    public Secret create(Secret secret, Duration patience) throws ApiException, InterruptedException {
        return call("create", "secrets", () -> client.resource(secret).create());
    }

    /** The pod of that name; null when there is none. */
    public @Nullable Pod get(String namespace, String name) throws ApiException, InterruptedException {
        return call(
                        "get",
                        "pods",
                        () -> java.util.Optional.ofNullable(client.pods()
                                .inNamespace(namespace)
                                .withName(name)
                                .get()))
                .orElse(null);
    }

    /** The pods with all these labels. */
    public List<Pod> list(String namespace, Map<String, String> labels) throws ApiException, InterruptedException {
        return call(
                "list",
                "pods",
                () -> client.pods()
                        .inNamespace(namespace)
                        .withLabels(labels)
                        .list()
                        .getItems());
    }

    /** Deletes a pod, asynchronously. The stage completes when it is gone or on its way. */
    public CompletionStage<Void> delete(Pod pod, Duration grace) {
        return delete(pod, grace.toSeconds());
    }

    /**
     * Ends the containers of a pod at once and leaves the pod, by setting its deadline, asynchronously. Counts as a
     * delete for {@link #awaitDeletes}.
     */
    public CompletionStage<Void> halt(Pod pod) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(
                () -> client.pods()
                        .inNamespace(pod.getMetadata().getNamespace())
                        .withName(pod.getMetadata().getName())
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"activeDeadlineSeconds\":1}}"),
                executor);
        deletes.add(done);
        return done.whenComplete((nothing, failure) -> deletes.remove(done));
    }

    /** Deletes a Secret, asynchronously. */
    public CompletionStage<Void> delete(Secret secret) {
        return delete(secret, -1);
    }

    private CompletionStage<Void> delete(HasMetadata what, long graceSeconds) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(
                () -> {
                    if (graceSeconds < 0) {
                        client.resource(what).delete();
                    } else {
                        client.resource(what).withGracePeriod(graceSeconds).delete();
                    }
                },
                executor);
        deletes.add(done);
        return done.whenComplete((nothing, failure) -> deletes.remove(done));
    }

    /** The last lines of a container's log; null when that is not allowed or there is none. */
    public @Nullable List<String> log(String namespace, String pod, String container, int lines) {
        try {
            String text = client.pods()
                    .inNamespace(namespace)
                    .withName(pod)
                    .inContainer(container)
                    .tailingLines(lines)
                    .getLog();
            return text == null || text.isEmpty() ? null : text.lines().toList();
        } catch (KubernetesClientException e) {
            return null;
        }
    }

    /** The access modes of claims, by their names; without those that are not there or may not be read. */
    public Map<String, List<String>> claimModes(String namespace, Collection<String> names)
            throws InterruptedException {
        Map<String, List<String>> modes = new LinkedHashMap<>();
        for (String name : names) {
            try {
                PersistentVolumeClaim claim = client.persistentVolumeClaims()
                        .inNamespace(namespace)
                        .withName(name)
                        .get();
                if (claim != null) {
                    modes.put(name, claim.getSpec().getAccessModes());
                }
            } catch (KubernetesClientException e) {
                continue;
            }
        }
        return modes;
    }

    /** Whether the caller may do this. The resource is like {@code pods} or {@code pods/log}. */
    public boolean allowed(String verb, String resource, String namespace) throws ApiException, InterruptedException {
        String[] parts = resource.split("/", 2);
        SelfSubjectAccessReview review = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withVerb(verb)
                .withResource(parts[0])
                .withSubresource(parts.length > 1 ? parts[1] : null)
                .withNamespace(namespace)
                .endResourceAttributes()
                .endSpec()
                .build();
        return call(
                "create",
                "selfsubjectaccessreviews",
                () -> client.resource(review).create().getStatus().getAllowed());
    }

    /** Waits until no delete is under way. Returns whether that is so. */
    public boolean awaitDeletes(Duration atMost) throws InterruptedException {
        try {
            CompletableFuture.allOf(deletes.toArray(new CompletableFuture<?>[0]))
                    .get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
        return true;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private <T> T call(String verb, String resource, Supplier<T> call) throws ApiException, InterruptedException {
        try {
            return call.get();
        } catch (KubernetesClientException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            ApiException.Kind kind = switch (e.getCode()) {
                case 401 -> ApiException.Kind.UNAUTHENTICATED;
                case 403 -> ApiException.Kind.DENIED;
                case 404 -> ApiException.Kind.NOT_FOUND;
                case 400, 422 -> ApiException.Kind.REFUSED;
                default -> ApiException.Kind.UNAVAILABLE;
            };
            throw new ApiException(
                    kind,
                    kind != ApiException.Kind.UNAVAILABLE,
                    "Could not " + verb + " " + resource + " as " + identity.user() + ": " + e.getMessage(),
                    e);
        }
    }
}
