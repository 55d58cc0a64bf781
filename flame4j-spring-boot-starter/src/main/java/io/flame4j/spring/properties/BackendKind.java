package io.flame4j.spring.properties;

/**
 * What starts the runners of a pool.
 *
 * @since 0.1
 */
public enum BackendKind {
    /** Threads of this JVM in tests, pods when this process is in a Kubernetes pod, processes elsewhere. */
    AUTO,
    /** Threads of this JVM. */
    LOCAL,
    /** Processes on this machine. */
    PROCESS,
    /** Pods; needs the module {@code flame4j-kubernetes}. */
    KUBERNETES
}
