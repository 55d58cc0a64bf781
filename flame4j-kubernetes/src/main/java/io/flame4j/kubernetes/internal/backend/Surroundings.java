package io.flame4j.kubernetes.internal.backend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process can tell of where it runs, without asking anybody.
 *
 * @param variables its environment variables; the values may be secret
 * @param serviceAccount the directory where a pod finds its service account
 * @param hostName the name of its host, which in a pod is the pod's as a rule
 * @param containerStarted when its container was started, null when that cannot be told. It may be told too early, where
 *     the processes of several containers see each other, but not too late
 */
public record Surroundings(
        Map<String, String> variables,
        Path serviceAccount,
        String hostName,
        @Nullable Instant containerStarted) {

    private static final Logger LOG = LoggerFactory.getLogger(Surroundings.class);

    /** Copies. */
    public Surroundings {
        variables = Map.copyOf(variables);
    }

    /** Those of this process. */
    public static Surroundings ofThisProcess() {
        return new Surroundings(
                System.getenv(),
                Path.of("/var/run/secrets/kubernetes.io/serviceaccount"),
                localHostName(),
                ProcessHandle.of(1)
                        .flatMap(first -> first.info().startInstant())
                        .orElse(null));
    }

    /** Whether this process runs in a pod. */
    public boolean isPod() {
        return variables.containsKey("POD_NAME")
                || variables.containsKey("KUBERNETES_SERVICE_HOST")
                || Files.exists(serviceAccount.resolve("namespace"));
    }

    /** The name of its pod, or what comes nearest. */
    public String podName() {
        String name = variable("POD_NAME");
        return name != null ? name : hostName;
    }

    /** Whether the name of its pod was told, and not guessed. */
    public boolean isPodNameTold() {
        return variable("POD_NAME") != null;
    }

    /** The namespace of its pod, null when nothing tells. */
    public @Nullable String namespace() {
        String told = variable("POD_NAMESPACE");
        if (told != null) {
            return told;
        }
        Path file = serviceAccount.resolve("namespace");
        try {
            return Files.exists(file) ? Files.readString(file).strip() : null;
        } catch (IOException e) {
            LOG.debug("The namespace file of the service account cannot be read: {}", e.toString());
            return null;
        }
    }

    /** The address of its pod, null when it was not told. */
    public @Nullable String podIp() {
        return variable("POD_IP");
    }

    private @Nullable String variable(String name) {
        String value = variables.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static String localHostName() {
        String name = System.getenv("HOSTNAME");
        if (name != null && !name.isBlank()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            LOG.debug("The host name is unknown: {}", e.toString());
            return "localhost";
        }
    }

    /** Leaves the values of the variables out. */
    @Override
    public String toString() {
        return "Surroundings[" + (isPod() ? "pod " + podName() : "host " + hostName) + "]";
    }
}
