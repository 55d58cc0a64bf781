package io.flame4j.kubernetes;

import io.flame4j.RunnerBootException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.kubernetes.internal.BackendOptions;
import io.flame4j.kubernetes.internal.backend.PoolBackend;
import io.flame4j.kubernetes.internal.backend.Surroundings;

/**
 * Runners are pods, made from the parent's own pod. In a pod it needs no options; see {@link KubernetesBackendBuilder} for
 * those there are, and docs/kubernetes.md for the rights that the parent's service account needs.
 *
 * <p>The parent creates and removes the pods; a runner needs no rights, and dials the parent. A boot that cannot succeed
 * ends with the cause as soon as the cluster tells it, in the {@link RunnerBootException} that callers get. A pod is
 * removed when its runner has ended, however that came about; when the parent itself is gone, the cluster removes the pod
 * by its owner reference, and the runner ends by itself.
 *
 * <p>One backend can be given to several pools, which then share a connection to the API server; so do those of several
 * backends with the same client, namespace and {@code appContainer}. Thread-safe.
 *
 * <p>After <a href="https://github.com/mruoss/flame_k8s_backend">the Kubernetes backend of FLAME</a>.
 *
 * @since 0.1
 */
public final class KubernetesBackend implements Backend {

    private final BackendOptions options;
    private final Surroundings surroundings;

    KubernetesBackend(BackendOptions options, Surroundings surroundings) {
        this.options = options;
        this.surroundings = surroundings;
    }

    /**
     * A backend with all defaults.
     *
     * @return a new backend
     */
    public static KubernetesBackend create() {
        return builder().build();
    }

    /**
     * Starts to build a backend.
     *
     * @return a new builder
     */
    public static KubernetesBackendBuilder builder() {
        return new KubernetesBackendBuilder();
    }

    BackendOptions options() {
        return options;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /** {@code kubernetes}. */
    @Override
    public String name() {
        return "kubernetes";
    }

    /** {@inheritDoc} The pools share what they can. */
    @Override
    public Backend forPool(String pool) {
        return new PoolBackend(pool, options, surroundings);
    }

    /**
     * Not for this object.
     *
     * @throws IllegalStateException always: pools use what {@link #forPool} returns
     */
    @Override
    public ListenAt listenAt() {
        throw ofNoPool();
    }

    /**
     * Not for this object.
     *
     * @throws IllegalStateException always: pools use what {@link #forPool} returns
     */
    @Override
    public RunnerHandle start(RunnerSpec spec) {
        throw ofNoPool();
    }

    private static IllegalStateException ofNoPool() {
        return new IllegalStateException(
                "This backend belongs to no pool. Give it to FlamePool.builder(…).backend(…), or"
                        + " call forPool(…) and use what that returns.");
    }

    /** Does nothing: pools close what they got from {@link #forPool}. */
    @Override
    public void close() {}
}
