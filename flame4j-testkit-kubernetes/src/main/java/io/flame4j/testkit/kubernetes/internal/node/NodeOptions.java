package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Quantity;
import io.flame4j.testkit.kubernetes.ImagePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a node is to be.
 *
 * @param name of the node
 * @param scope which pods it takes
 * @param hardware what pods find on it
 * @param environment of all containers
 * @param services what it does besides
 * @param times when it does what
 * @param images what it makes of images
 */
public record NodeOptions(
        String name,
        Scope scope,
        Hardware hardware,
        Map<String, String> environment,
        Services services,
        Times times,
        ImagePolicy images) {

    /**
     * Which pods a node takes.
     *
     * @param namespaces where it looks
     * @param acceptUnscheduled whether it takes those that are on no node
     */
    public record Scope(List<String> namespaces, boolean acceptUnscheduled) {}

    /**
     * What pods find on a node.
     *
     * @param podNetwork the first three bytes of their addresses, for example {@code 127.0.1}
     * @param hostIp the address of the node
     * @param capacity processors and memory
     */
    public record Hardware(String podNetwork, String hostIp, Map<String, Quantity> capacity) {}

    /**
     * What a node does besides.
     *
     * @param serviceAccountVariable tells containers where the files of their service account are; empty for no such
     *     files
     * @param logs whether it serves logs to the API server
     */
    public record Services(String serviceAccountVariable, boolean logs) {}

    /**
     * When a node does what.
     *
     * @param retry after which time it tries again what has failed
     * @param backOff how long a container waits for its second restart
     * @param heartbeat how often the node says that it is there; null for never
     */
    public record Times(
            Duration retry, Duration backOff, @Nullable Duration heartbeat) {}
}
