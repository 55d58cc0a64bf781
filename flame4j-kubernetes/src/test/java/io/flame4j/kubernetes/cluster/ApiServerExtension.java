package io.flame4j.kubernetes.cluster;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.LocalSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a test a real API server, and a namespace of its own on it.
 *
 * <pre>{@code
 * @Tag("cluster")
 * class MyTest {
 *     @RegisterExtension
 *     final ApiServerExtension cluster = new ApiServerExtension();
 *
 *     @Test
 *     void test() {
 *         KubernetesClient app = cluster.as("app", ApiServerExtension.podsRule("create", "get"));
 *         …
 * }</pre>
 *
 * <p>The server is started once for all tests of this JVM, see {@link ApiServer}, and ended after the last. Namespaces and
 * clients of a test are closed after it, however it ended. {@link #restart()} and its kin are felt by all tests that run at
 * the same time; the tests of this module run one after the other.
 *
 * <p>There are no nodes: a pod stays pending unless the test plays one.
 */
final class ApiServerExtension implements BeforeEachCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(ApiServerExtension.class);

    /** The Role of the docs: all that flame4j asks for at the least. */
    static final PolicyRule SEED_RULE = podsRule("create", "get", "list", "delete", "patch");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<KubernetesClient> clients = new ArrayList<>();
    private @Nullable ApiServer server;
    private @Nullable KubernetesClient admin;
    private @Nullable String namespace;
    private boolean halted;

    @Override
    public void beforeEach(ExtensionContext context) {
        server = context.getRoot()
                .getStore(STORE)
                .computeIfAbsent(ApiServer.class, key -> ApiServer.open(), ApiServer.class);
        admin = client(server.config());
        namespace = createNamespace(admin);
    }

    /** Does not wait until what it deletes is gone. */
    @Override
    public void afterEach(ExtensionContext context) {
        try {
            if (halted) {
                resume();
            }
            if (namespace != null) {
                // Without a node nobody confirms the end of a pod that has a grace period.
                admin().pods().inNamespace(namespace).withGracePeriod(0).delete();
                admin().namespaces().withName(namespace).delete();
            }
        } finally {
            clients.forEach(KubernetesClient::close);
            clients.clear();
        }
    }

    private static String createNamespace(KubernetesClient admin) {
        String name = admin.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("flame4j-test-")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
        // Until then pods are refused.
        await().atMost(PATIENCE)
                .until(() -> admin.serviceAccounts()
                                .inNamespace(name)
                                .withName("default")
                                .get()
                        != null);
        return name;
    }

    /** One who may do everything. */
    KubernetesClient admin() {
        return Objects.requireNonNull(admin, "only within a test");
    }

    /** The namespace of this test, which exists and has its default service account. */
    String namespace() {
        return Objects.requireNonNull(namespace, "only within a test");
    }

    /** The address of the server, {@code https://127.0.0.1:6443} for one. */
    String url() {
        return admin().getMasterUrl().toString();
    }

    /** The certificate of the authority that signed the server's, as PEM. */
    String caCertificate() {
        String encoded = admin().getConfiguration().getCaCertData();
        return new String(Base64.getMimeDecoder().decode(encoded), StandardCharsets.US_ASCII);
    }

    /** A rule for the pods of a namespace. */
    static PolicyRule podsRule(String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups("")
                .withResources("pods")
                .withVerbs(verbs)
                .build();
    }

    /**
     * A client of a service account that is made now and may do what the rules say in {@link #namespace()}, and no more.
     *
     * @param account its name, and the name of its Role and RoleBinding
     */
    KubernetesClient as(String account, PolicyRule... rules) {
        createAccount(account, rules);
        return withToken(token(account));
    }

    /**
     * Makes a service account with a Role and a RoleBinding of the same name, and waits until the server knows of the
     * rights.
     */
    void createAccount(String account, PolicyRule... rules) {
        admin().serviceAccounts()
                .inNamespace(namespace())
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(account)
                        .endMetadata()
                        .build())
                .create();
        admin().rbac()
                .roles()
                .inNamespace(namespace())
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName(account)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .create();
        admin().rbac()
                .roleBindings()
                .inNamespace(namespace())
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(account)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", account)
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName(account)
                        .withNamespace(namespace())
                        .endSubject()
                        .build())
                .create();
        if (rules.length > 0) {
            await().atMost(PATIENCE).until(() -> isAllowed(account, rules[0]));
        }
    }

    private boolean isAllowed(String account, PolicyRule rule) {
        return admin().authorization()
                .v1()
                .localSubjectAccessReview()
                .inNamespace(namespace())
                .create(new LocalSubjectAccessReviewBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withUser(user(account))
                        .withNewResourceAttributes()
                        .withNamespace(namespace())
                        .withVerb(rule.getVerbs().get(0))
                        .withGroup(rule.getApiGroups().get(0))
                        .withResource(rule.getResources().get(0))
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed();
    }

    /** What the server calls a service account of {@link #namespace()}. */
    String user(String account) {
        return "system:serviceaccount:" + namespace() + ":" + account;
    }

    /** A fresh token of a service account in {@link #namespace()}, good for an hour. */
    String token(String account) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(3600L)
                .endSpec()
                .build();
        return admin().serviceAccounts()
                .inNamespace(namespace())
                .withName(account)
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    /** A client that shows this token and nothing else; its namespace is that of this test. Closed after the test. */
    KubernetesClient withToken(String token) {
        Config from = admin().getConfiguration();
        return client(new ConfigBuilder(Config.empty())
                .withMasterUrl(from.getMasterUrl())
                .withCaCertData(from.getCaCertData())
                .withOauthToken(token)
                .withNamespace(namespace())
                .withRequestRetryBackoffLimit(0)
                .build());
    }

    /** Restarts the API server; objects and address stay. Skips the test on another cluster, as do the next four. */
    void restart() {
        server().command("restart");
    }

    /** Ends the API server until {@link #resume()}. */
    void halt() {
        server().command("halt");
        halted = true;
    }

    /** Starts the API server after {@link #halt()} and waits until it is ready; does nothing if it runs. */
    void resume() {
        server().command("resume");
        halted = false;
    }

    /**
     * Forgets the history of all objects and restarts the API server: a watch from any resource version that was seen
     * before gets 410 Gone. Between {@link #halt()} and {@link #resume()} it is only made to forget.
     */
    void compact() {
        server().command("compact");
    }

    /** What a service account of {@link #namespace()} has asked of the server so far, by the server's own account. */
    List<ApiCall> calls(String account) {
        return ApiCall.of(server().auditLog(), user(account));
    }

    private ApiServer server() {
        return Objects.requireNonNull(server, "only within a test");
    }

    private KubernetesClient client(Config config) {
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        clients.add(client);
        return client;
    }
}
