package io.flame4j.kubernetes.internal.diagnosis;

import java.util.List;
import java.util.Locale;

/** Says from the words of kubelets and container runtimes why an image is not there, and what to do. */
enum ImagePull {
    /** The kubelet bounds how many pulls it begins; it goes on by itself. */
    THROTTLED_BY_KUBELET(false, "The kubelet limits how many pulls it begins at a time", List.of("pull qps exceeded")),
    PLATFORM(
            true,
            "Build the image for the node's processor, or choose nodes with a nodeSelector for kubernetes.io/arch",
            List.of("no match for platform", "no matching manifest for")),
    RATE_LIMIT(
            false,
            "The registry limits how much is pulled: wait, pull with an account (imagePullSecrets), use a mirror, or set"
                    + " the pull policy to IfNotPresent",
            List.of("toomanyrequests", "too many requests", "rate limit")),
    SERVER_ERROR(
            false,
            "The registry has a problem of its own; try again later",
            List.of(
                    "500 internal server error",
                    "502 bad gateway",
                    "503 service unavailable",
                    "504 gateway time",
                    "unexpected eof",
                    "received unexpected http status: 5")),
    UNAUTHORIZED(
            true,
            "Check the image's name, and give runners a pull secret that may read it: a Secret of type"
                    + " kubernetes.io/dockerconfigjson, named in imagePullSecrets of the parent's pod or of the service"
                    + " account",
            List.of(
                    "pull access denied",
                    "insufficient_scope",
                    "unauthorized",
                    "authentication required",
                    "no basic auth credentials",
                    "failed to authorize",
                    "403 forbidden",
                    "denied: ")),
    UNKNOWN_HOST(
            false,
            "The node cannot resolve the registry's name: check the name, and the DNS of the node",
            List.of("no such host")),
    CERTIFICATE(
            true,
            "The node does not trust the registry's certificate: add its authority to the nodes' container runtime",
            List.of("x509:", "certificate signed by unknown authority")),
    PLAIN_HTTP(
            true,
            "The registry does not speak TLS: give it a certificate, or let the nodes' container runtime use it without",
            List.of("server gave http response to https client")),
    UNREACHABLE(
            false,
            "The node does not reach the registry: check its network and proxy",
            List.of(
                    "i/o timeout",
                    "tls handshake timeout",
                    "connection refused",
                    "connection reset",
                    "no route to host",
                    "network is unreachable",
                    "client.timeout exceeded",
                    "context deadline exceeded",
                    "context canceled")),
    NO_SPACE(
            false,
            "The node's disk is full; another node may do, or give nodes larger disks",
            List.of("no space left on device")),
    NOT_FOUND(
            true,
            "Check the image's name and tag; a parent's image that was deleted from the registry must be pushed again",
            List.of("not found", "manifest unknown", "name unknown", "notfound", "does not exist")),
    UNKNOWN(false, "", List.of());

    private final boolean permanent;
    private final String cure;
    private final List<String> signs;

    ImagePull(boolean permanent, String cure, List<String> signs) {
        this.permanent = permanent;
        this.cure = cure;
        this.signs = signs;
    }

    /** The first that fits: their order matters, since messages nest. */
    static ImagePull of(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        for (ImagePull candidate : values()) {
            if (candidate.signs.stream().anyMatch(text::contains)) {
                return candidate;
            }
        }
        return UNKNOWN;
    }

    boolean isPermanent() {
        return permanent;
    }

    /** A sentence without a full stop. */
    String cure() {
        return cure;
    }
}
