package io.flame4j.kubernetes.internal.backend;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.ListenAt;
import io.flame4j.kubernetes.internal.BackendOptions.Listen;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the parent listens, and where runners dial. */
public final class ListenPlace {

    private static final Logger LOG = LoggerFactory.getLogger(ListenPlace.class);

    private static final String ALL_ADDRESSES = "0.0.0.0";

    private ListenPlace() {}

    /**
     * The place for an address that runners are told. It is what is bound too, when it is one of this machine's; behind a
     * Service or a translated address, all are bound.
     */
    public static ListenAt of(String advertised, Listen options) {
        return new ListenAt.Tcp(
                isOwn(advertised) ? advertised : ALL_ADDRESSES,
                options.port(),
                advertised,
                options.tls(),
                options.pendingConnections());
    }

    /** The address that the options, or the surroundings, tell; null when only the API server may know it. */
    public static @Nullable String told(Listen options, Surroundings surroundings) {
        return options.advertisedAddress() != null ? options.advertisedAddress() : surroundings.podIp();
    }

    /**
     * The address of the parent's pod.
     *
     * @param pod the pod, null when this process does not run in one
     * @throws RunnerBootException when there is none
     */
    public static String of(@Nullable Pod pod) {
        if (pod == null) {
            throw new RunnerBootException(
                    "This process does not run in a pod, so it is not known how runner pods can reach it. Give the"
                            + " address of this machine that pods can connect to with"
                            + " KubernetesBackend.builder().advertiseAddress(…).",
                    RunnerBootException.Reason.CONFIGURATION,
                    true,
                    null);
        }
        String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        if (ip == null) {
            throw new RunnerBootException(
                    "The address of this pod (" + pod.getMetadata().getName() + ") is not known yet. Tell it with a"
                            + " variable: env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]",
                    RunnerBootException.Reason.CONFIGURATION,
                    true,
                    null);
        }
        return ip;
    }

    private static boolean isOwn(String address) {
        try {
            InetAddress resolved = InetAddress.getByName(address);
            return resolved.isLoopbackAddress() || NetworkInterface.getByInetAddress(resolved) != null;
        } catch (UnknownHostException | SocketException e) {
            LOG.debug("{} is taken for an address of another machine: {}", address, e.toString());
            return false;
        }
    }
}
