package io.flame4j.testkit.kubernetes.internal.node;

import java.net.URL;
import java.util.Map;

/** The variables by which programs in pods find the API server. */
final class KubernetesService {

    private static final String HTTPS = "https";

    private KubernetesService() {}

    /** Only of one with TLS: clients in pods take it for granted. */
    static Map<String, String> variables(URL server) {
        if (!server.getProtocol().equals(HTTPS)) {
            return Map.of();
        }
        int port = server.getPort() < 0 ? server.getDefaultPort() : server.getPort();
        return Map.of(
                "KUBERNETES_SERVICE_HOST", server.getHost(),
                "KUBERNETES_SERVICE_PORT", Integer.toString(port),
                "KUBERNETES_SERVICE_PORT_HTTPS", Integer.toString(port));
    }
}
