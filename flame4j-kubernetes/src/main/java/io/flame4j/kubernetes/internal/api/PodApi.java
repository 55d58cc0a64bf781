package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.flame4j.kubernetes.internal.api.ApiCall.Target;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that the backend makes to the API server, beside the feed. Thread-safe.
 *
 * <p>Calls are asynchronous underneath: they are written and read by threads of the HTTP client, and later attempts begin
 * on one thread, {@code flame4j-api}. Methods that return a result block their callers alone, and can be interrupted.
 * What an interrupted {@code create} made is deleted, also when the answer comes later or was lost.
 *
 * <p>What passes is tried again, with growing pauses and jitter: too many requests, faults of the server, lost
 * connections, conflicts, and a quota that is used up. The log gets a line when that begins and one when it is over.
 */
public final class PodApi implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PodApi.class);

    /** For calls whose callers do not say how long they are ready to wait. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /** For what must end: the least that does not count as removal by force, of which the node would not hear. */
    public static final Duration AT_ONCE = Duration.ofSeconds(1);

    private static final int MAX_LOG_BYTES = 64 << 10;
    private static final String PAGE = "500";

    private final Attempts attempts;
    private final Deletions deletions;
    private final KubernetesSerialization serialization;

    /**
     * @param client what to call with; stays open
     * @param identity who calls, for messages
     */
    public PodApi(KubernetesClient client, Identity identity) {
        this(client, identity, ApiTimer.withThread("flame4j-api"), RandomGenerator.getDefault());
    }

    /** With another clock and other dice. The timer is closed with this. */
    PodApi(KubernetesClient client, Identity identity, ApiTimer timer, RandomGenerator random) {
        this.attempts = new Attempts(new ApiTransport(client, timer), identity, random);
        this.deletions = new Deletions(attempts);
        this.serialization = client.getKubernetesSerialization();
    }

    /**
     * Creates a pod, exactly once. It gets an annotation beside what it has.
     *
     * @param pod the pod, with its namespace
     * @param patience for how long to try
     * @return the pod as the server has it
     */
    public Pod create(Pod pod, Duration patience) throws ApiException, InterruptedException {
        MadePods made = MadePods.of(pod, serialization, unwanted -> delete(unwanted, AT_ONCE));
        return create(made.call(), made, patience);
    }

    /**
     * Creates a Secret, exactly once. It gets an annotation beside what it has.
     *
     * @param secret the Secret, with its namespace and name
     * @param patience for how long to try
     * @return the Secret as the server has it; as given, when its creation is sure but it may not be read
     */
    public Secret create(Secret secret, Duration patience) throws ApiException, InterruptedException {
        MadeSecrets made = MadeSecrets.of(secret, serialization, this::delete);
        return create(made.call(), made, patience);
    }

    private <T extends HasMetadata> T create(ApiCall call, Creation.Made<T> made, Duration patience)
            throws ApiException, InterruptedException {
        Creation<T> creation = new Creation<>(attempts, call, made, patience);
        creation.send();
        try {
            return await(creation.result());
        } catch (ApiException e) {
            deletions.track(creation.settled());
            throw e;
        } catch (InterruptedException e) {
            deletions.giveUp(creation, made);
            throw e;
        }
    }

    /** The pod of that name; null when there is none. Tries for twenty seconds. */
    public @Nullable Pod get(String namespace, String name) throws ApiException, InterruptedException {
        return get(namespace, name, PATIENCE);
    }

    /**
     * The pod of that name; null when there is none.
     *
     * @param patience for how long to try
     */
    public @Nullable Pod get(String namespace, String name, Duration patience)
            throws ApiException, InterruptedException {
        return get(Target.one("pods", namespace, name), patience, Pod.class);
    }

    private <T> @Nullable T get(Target target, Duration patience, Class<T> type)
            throws ApiException, InterruptedException {
        try {
            return call(ApiCall.get(target), attempts.within(patience), type);
        } catch (ApiException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** The pods with all these labels. */
    public List<Pod> list(String namespace, Map<String, String> labels) throws ApiException, InterruptedException {
        List<Pod> pods = new ArrayList<>();
        AttemptPlan plan = attempts.within(PATIENCE);
        String next = "";
        do {
            Map<String, String> query = new LinkedHashMap<>(Map.of("limit", PAGE));
            query.put("labelSelector", ApiCall.selector(labels));
            if (!next.isEmpty()) {
                query.put("continue", next);
            }
            PodList page = call(ApiCall.list(Target.all("pods", namespace), query), plan, PodList.class);
            pods.addAll(page.getItems());
            String rest = page.getMetadata() == null ? null : page.getMetadata().getContinue();
            next = rest == null ? "" : rest;
        } while (!next.isEmpty());
        return pods;
    }

    /**
     * Deletes this very pod, not another that has its name by now. Does not block; tries again until it is done or this is
     * closed. A pod that is gone already is done.
     *
     * @param pod the pod
     * @param grace how long its processes may take to end, rounded up to seconds
     * @return completes when the server has accepted it, or fails when this was closed before
     */
    public CompletionStage<Void> delete(Pod pod, Duration grace) {
        return deletions.delete("pods", pod, grace);
    }

    /**
     * Ends the containers of this very pod at once and leaves the pod, by giving it a deadline. Like
     * {@link #delete(Pod, Duration)}, and counts as a delete, but fails when the server refuses it for good.
     */
    public CompletionStage<Void> halt(Pod pod) {
        return deletions.halt(pod);
    }

    /** Deletes this very Secret; like {@link #delete(Pod, Duration)}. */
    public CompletionStage<Void> delete(Secret secret) {
        return deletions.delete("secrets", secret, null);
    }

    /**
     * The last lines of a container's log, at most the last 64 KiB of them. Tries once.
     *
     * @param limit how long to wait for all of them
     * @return the lines; one that says so when that is not allowed; null when there are none, or they do not come in
     *     time
     */
    public @Nullable List<String> log(String namespace, String pod, String container, int lines, Duration limit) {
        ApiCall call = new ApiCall(
                "get",
                new Target("", "pods", "log", namespace, pod),
                Map.of("container", container, "tailLines", Integer.toString(lines)),
                null,
                List.of());
        TextBody body = TextBody.end(MAX_LOG_BYTES);
        CompletableFuture<ApiAnswer> answer = attempts.transport().send(call, limit, body);
        try {
            ApiAnswer received = answer.get();
            if (received.code() == 403) {
                return List.of(
                        "(not allowed to read it: grant get on pods/log, or set keepFailedPods(true) and look at it)");
            }
            if (!received.isSuccess() || received.body().isBlank()) {
                return null;
            }
            List<String> all = received.body().lines().toList();
            return body.isOverflown() ? all.subList(1, all.size()) : all;
        } catch (ExecutionException e) {
            LOG.debug("{}: no log", call, e.getCause());
            return null;
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /**
     * The access modes of claims, by their names. Those that are not there, or may not be read, are left out.
     *
     * @param namespace their namespace
     * @param names which
     */
    public Map<String, List<String>> claimModes(String namespace, Collection<String> names)
            throws ApiException, InterruptedException {
        Map<String, List<String>> modes = new LinkedHashMap<>();
        for (String name : names) {
            PersistentVolumeClaim claim;
            try {
                claim = get(
                        Target.one("persistentvolumeclaims", namespace, name), PATIENCE, PersistentVolumeClaim.class);
            } catch (ApiException e) {
                if (e.kind() != Kind.DENIED) {
                    throw e;
                }
                return modes;
            }
            if (claim != null && claim.getSpec() != null) {
                modes.put(name, List.copyOf(claim.getSpec().getAccessModes()));
            }
        }
        return modes;
    }

    /**
     * Whether the caller may do something, as the API server says.
     *
     * @param verb as in rules of a Role
     * @param resource a resource of the core group as in rules of a Role, such as {@code pods} or {@code pods/log}
     * @param namespace where
     */
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
        Target target = new Target("authorization.k8s.io", "selfsubjectaccessreviews", null, null, null);
        ApiCall call = ApiCall.create(target, serialization.asJson(review), List.of());
        SelfSubjectAccessReview reviewed = call(call, attempts.within(PATIENCE), SelfSubjectAccessReview.class);
        return reviewed.getStatus() != null
                && Boolean.TRUE.equals(reviewed.getStatus().getAllowed());
    }

    /** Waits until no delete is under way. Returns whether that is so. */
    public boolean awaitDeletes(Duration atMost) throws InterruptedException {
        return deletions.await(atMost);
    }

    /** Ends what is under way: blocked callers get an exception, deletes that are not done fail. Does not block. */
    @Override
    public void close() {
        int left = deletions.count();
        if (left > 0) {
            LOG.warn(
                    "{} deletes are not done when the connection to the API server is closed. What they were for is"
                            + " deleted when its owner is, or at the next start of this application.",
                    left);
        }
        attempts.close();
    }

    private <T> T call(ApiCall call, AttemptPlan plan, Class<T> type) throws ApiException, InterruptedException {
        CompletableFuture<ApiAnswer> sent = attempts.send(call, plan);
        try {
            return serialization.unmarshal(await(sent).body(), type);
        } catch (InterruptedException e) {
            sent.cancel(false);
            throw e;
        } catch (KubernetesClientException | IllegalArgumentException e) {
            // Its message and its causes may repeat what was read.
            throw new ApiException(
                    Kind.UNAVAILABLE,
                    false,
                    Explanation.failed(call) + ": the answer of "
                            + attempts.transport().server()
                            + " is not one of an API server. Check that no proxy or login page is in between.",
                    null);
        }
    }

    private static <T> T await(CompletableFuture<T> future) throws ApiException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException failure) {
                throw failure.copy();
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
