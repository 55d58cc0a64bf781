package io.flame4j.kubernetes;

import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.kubernetes.internal.BackendOptions;
import java.util.Objects;

/**
 * Runs runners as pods of a Kubernetes cluster, made from the parent's own pod: its image, environment, resources,
 * volumes, security contexts and so on, as {@link Inherit} lists, with what the
 * {@linkplain KubernetesBackendBuilder#manifest(String) manifest} and the other options change.
 *
 * <p>The document {@code docs/kubernetes.md} explains what is copied and why.
 *
 * @since 0.1
 */
public final class KubernetesBackend implements Backend {

    private final BackendOptions options;

    KubernetesBackend(BackendOptions options) {
        this.options = Objects.requireNonNull(options, "options");
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

    /** {@code kubernetes}. */
    @Override
    public String name() {
        return "kubernetes";
    }

    /** A TCP port of all addresses, as {@link KubernetesBackendBuilder#port(int)} says. */
    @Override
    public ListenAt listenAt() {
        throw notYet();
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
        throw notYet();
    }

    @Override
    public void close() {}

    /** Shows no values of environment variables. */
    @Override
    public String toString() {
        return "KubernetesBackend[" + options.pods() + "]";
    }

    BackendOptions options() {
        return options;
    }

    private static UnsupportedOperationException notYet() {
        return new UnsupportedOperationException("The Kubernetes backend does not talk to the API server yet.");
    }
}
