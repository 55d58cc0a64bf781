package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Utils;
import io.flame4j.backend.RunnerSpec;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the client that a backend uses when it is given none, and tells who a client is. */
public final class Clients {

    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final String HOST = "KUBERNETES_SERVICE_HOST";
    private static final String PORT = "KUBERNETES_SERVICE_PORT";
    private static final String ACCOUNT_PREFIX = "system:serviceaccount:";
    private static final int CONNECT_MILLIS = 5_000;
    private static final int REQUEST_MILLIS = 10_000;
    private static final int CONCURRENT_REQUESTS = 512;

    private Clients() {}

    /**
     * A client for the cluster that this process runs in, by the files of its service account; else for that of the
     * kubeconfig, as kubectl finds it. It uses the JDK's HTTP client; proxies are those that fabric8 finds in system
     * properties and the environment.
     *
     * @throws IllegalStateException when there is neither
     */
    public static KubernetesClient create() {
        return create(System.getenv(), SERVICE_ACCOUNT);
    }

    /**
     * The same in other surroundings.
     *
     * @param variables the environment variables
     * @param serviceAccount where a pod finds its service account
     */
    public static KubernetesClient create(Map<String, String> variables, Path serviceAccount) {
        return new KubernetesClientBuilder()
                .withConfig(config(variables, serviceAccount))
                .withHttpClientFactory(new ClientFactory())
                .build();
    }

    static Config config(Map<String, String> variables, Path serviceAccount) {
        Path token = serviceAccount.resolve("token");
        Config config;
        if (variables.containsKey(HOST) && Files.isReadable(token)) {
            config = ofPod(variables, serviceAccount);
        } else if (hasKubeconfig()) {
            config = Config.autoConfigure(null);
        } else if (variables.containsKey(HOST) && variables.containsKey(RunnerSpec.PARENT_VARIABLE)) {
            throw new IllegalStateException(
                    "This process is a runner, which has no token for the API server. Its parent gives it one with"
                            + " inherit(Inherit.defaultsWith(Inherit.API_TOKEN)); or build no pool of pods here:"
                            + " FlameParent.current() tells runners from parents.");
        } else if (variables.containsKey(HOST)) {
            throw new IllegalStateException(
                    "This process runs in a pod, but may not talk to the API server: there is no"
                            + " token at " + token
                            + ". Set automountServiceAccountToken: true in the pod or its service account,"
                            + " or give the backend a client(…).");
        } else {
            throw new IllegalStateException("No Kubernetes cluster is known: this process does not run in a pod ("
                    + HOST + " is not set), and there is no kubeconfig. Set KUBECONFIG, write ~/.kube/config, or give"
                    + " the backend a client(…).");
        }
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setRequestTimeout(REQUEST_MILLIS);
        // For the doctor, who should soon say that nobody answers. What a backend sends, it tries again itself.
        config.setRequestRetryBackoffLimit(1);
        // Of no concern to the JDK's client, but others would make more requests wait, and the wait count as a part of
        // their time limit.
        config.setMaxConcurrentRequests(CONCURRENT_REQUESTS);
        config.setMaxConcurrentRequestsPerHost(CONCURRENT_REQUESTS);
        // The JDK's client fails requests for which HTTP/2 has no stream left, and those that a server that is going
        // away does not take any more. With HTTP/1.1 each request under way has a connection, and they are kept.
        config.setHttp2Disable(true);
        config.setUserAgent("flame4j/" + version());
        return config;
    }

    private static boolean hasKubeconfig() {
        return Utils.getSystemPropertyOrEnvVar(Config.KUBERNETES_MASTER_SYSTEM_PROPERTY, (String) null) != null
                || Config.getKubeconfigFilenames().stream().anyMatch(name -> Files.exists(Path.of(name)));
    }

    private static Config ofPod(Map<String, String> variables, Path serviceAccount) {
        String host = Objects.requireNonNull(variables.get(HOST));
        String port = variables.getOrDefault(PORT, "443");
        Path authority = serviceAccount.resolve("ca.crt");
        // For the proxies that it finds in system properties and the environment.
        Config found = Config.autoConfigure(null);
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/")
                .withCaCertFile(Files.isReadable(authority) ? authority.toString() : null)
                .withOauthTokenProvider(new TokenFile(serviceAccount.resolve("token")))
                .withHttpProxy(found.getHttpProxy())
                .withHttpsProxy(found.getHttpsProxy())
                .withNoProxy(found.getNoProxy())
                .withProxyUsername(found.getProxyUsername())
                .withProxyPassword(found.getProxyPassword())
                // Whatever the environment says: the token must not go to anybody who is not the API server.
                .withTrustCerts(false)
                .withDisableHostnameVerification(false)
                .build();
        Path namespace = serviceAccount.resolve("namespace");
        try {
            if (Files.isReadable(namespace)) {
                config.setNamespace(Files.readString(namespace).strip());
            }
        } catch (IOException e) {
            LOG.debug("The namespace file of the service account cannot be read: {}", e.toString());
        }
        return config;
    }

    private static String version() {
        String version = Clients.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    /** Where a client's server is, for messages: without a name and a password, which a kubeconfig may have there. */
    public static String server(KubernetesClient client) {
        URL url = client.getMasterUrl();
        return url.getProtocol() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    /** Who a client is, for messages. */
    public static Identity identity(KubernetesClient client) {
        Config config = client.getConfiguration();
        String namespace = Objects.requireNonNullElse(client.getNamespace(), "default");
        String subject = subject(client.getKubernetesSerialization(), token(config));
        if (subject != null && subject.startsWith(ACCOUNT_PREFIX)) {
            String[] parts = subject.substring(ACCOUNT_PREFIX.length()).split(":", 2);
            if (parts.length == 2) {
                return new Identity(Explanation.serviceAccount(parts[0], parts[1]), namespace);
            }
        }
        if (config.getCurrentContext() != null && config.getCurrentContext().getContext() != null) {
            String user = config.getCurrentContext().getContext().getUser();
            return new Identity("user \"" + user + "\" of the kubeconfig", namespace);
        }
        return new Identity(subject == null ? "the user of this client" : "user \"" + subject + "\"", namespace);
    }

    private static @Nullable String token(Config config) {
        if (config.getOauthTokenProvider() != null) {
            return config.getOauthTokenProvider().getToken();
        }
        return config.getOauthToken() != null ? config.getOauthToken() : config.getAutoOAuthToken();
    }

    /** Whom a token says that it is about, if it can be read; not checked. */
    private static @Nullable String subject(KubernetesSerialization serialization, @Nullable String token) {
        String[] parts = token == null ? new String[0] : token.split("\\.");
        if (parts.length != 3) {
            return null;
        }
        try {
            String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            Object subject = serialization.unmarshal(claims, Map.class).get("sub");
            return subject instanceof String name ? name : null;
        } catch (KubernetesClientException | IllegalArgumentException e) {
            LOG.debug("The client's token is not one that says whose it is");
            return null;
        }
    }
}
