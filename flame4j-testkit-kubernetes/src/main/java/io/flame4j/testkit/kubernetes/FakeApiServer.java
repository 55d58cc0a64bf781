package io.flame4j.testkit.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.Pluralize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.flame4j.testkit.kubernetes.internal.api.Access;
import io.flame4j.testkit.kubernetes.internal.api.ApiHandler;
import io.flame4j.testkit.kubernetes.internal.api.ApiPath;
import io.flame4j.testkit.kubernetes.internal.api.Json;
import io.flame4j.testkit.kubernetes.internal.api.ObjectStore;
import io.flame4j.testkit.kubernetes.internal.api.StatusException;
import io.flame4j.testkit.kubernetes.internal.http.ClientFactory;
import io.flame4j.testkit.kubernetes.internal.http.Exchange;
import io.flame4j.testkit.kubernetes.internal.http.HttpRequest;
import io.flame4j.testkit.kubernetes.internal.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An API server in memory, for tests: it keeps objects of any kind, tells of changes, counts what it is asked, and fails
 * as a test commands.
 *
 * <pre>{@code
 * try (FakeApiServer server = new FakeApiServer()) {
 *     server.failNext(2, request -> request.is("create", "pods"), 500, "etcd is slow");
 *     server.client().pods().inNamespace("default").resource(pod).create();
 *     assertThat(server.count("create", "pods")).isEqualTo(3); // the client has tried again
 * }
 * }</pre>
 *
 * <p>It does as a real one: names, uids and versions; conflicts; label and field selectors; JSON, merge and strategic
 * merge patches; long lists in parts; {@code status}, {@code binding}, {@code eviction} and {@code token} as subresources; watches that go on
 * from a version, or are told that it has expired; graceful deletion of pods that are on a node; finalizers; owner
 * references with garbage collection. It does not validate objects, admit or change them as plug-ins do, let namespaces
 * be missing, run controllers or schedule pods, or speak TLS. Everybody may do everything, unless {@link #restrict}
 * says otherwise.
 *
 * <p>Thread-safe. Threads, all daemons with names that begin with {@code flame4j-apiserver-}: one accepts, one reads each
 * connection, one writes each watch. They end in {@link #stop()} and {@link #close()}.
 *
 * @since 0.1
 */
public final class FakeApiServer implements AutoCloseable {

    private static final Logger LOGGER = System.getLogger("io.flame4j.testkit.kubernetes");
    private static final String THREADS = "flame4j-apiserver";

    private final Clock clock = Clock.systemUTC();
    private final Access access = new Access();
    private final ObjectStore store = new ObjectStore(clock);
    private final ApiHandler handler = new ApiHandler(store, new Others(), clock);
    private final Queue<ApiRequest> requests = new ConcurrentLinkedQueue<>();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Map<String, KubernetesClient> clients = new ConcurrentHashMap<>();
    private final int port;
    private volatile PodLogs logs = (namespace, pod, container) -> null;

    /** Whether it runs; guarded by the monitor. */
    private @Nullable HttpServer http;

    /**
     * What containers have written, for {@code get pods/log}.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface PodLogs {
        /**
         * The log of a container.
         *
         * @param namespace of the pod
         * @param pod its name
         * @param container its name; empty when the client has not said which
         * @return the text, or null when it is not known
         */
        @Nullable
        String of(String namespace, String pod, String container);
    }

    /**
     * Starts a server on a free port.
     *
     * @throws UncheckedIOException when there is none
     */
    public FakeApiServer() {
        HttpServer first = listen(0);
        port = first.port();
        http = first;
    }

    private HttpServer listen(int wanted) {
        try {
            return new HttpServer(wanted, THREADS, this::handle);
        } catch (IOException e) {
            throw new UncheckedIOException("The API server cannot listen on port " + wanted + ": " + e.getMessage(), e);
        }
    }

    // For clients

    /**
     * Where the server is.
     *
     * @return for example {@code http://127.0.0.1:40123}
     */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /**
     * The client of an administrator, with the namespace {@code default}.
     *
     * @return always the same; closed with this
     */
    public KubernetesClient client() {
        return client(Access.ADMIN);
    }

    /**
     * The client of a user, with the namespace {@code default}.
     *
     * @param user for example {@code system:serviceaccount:default:app}
     * @return the same for the same user; closed with this
     */
    public KubernetesClient client(String user) {
        return clients.computeIfAbsent(Objects.requireNonNull(user, "user"), this::newClient);
    }

    /**
     * A kubeconfig for other processes.
     *
     * @param user who its holder is
     * @param namespace which one is meant when none is named
     * @return YAML, for a file that {@code KUBECONFIG} names
     */
    public String kubeconfig(String user, String namespace) {
        return """
                apiVersion: v1
                kind: Config
                current-context: fake
                contexts: [{name: fake, context: {cluster: fake, user: fake, namespace: "%s"}}]
                clusters: [{name: fake, cluster: {server: "%s"}}]
                users: [{name: fake, user: {token: "%s"}}]
                """.formatted(namespace, url(), user);
    }

    private KubernetesClient newClient(String user) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withNamespace("default")
                .withOauthToken(user)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new ClientFactory())
                .build();
    }

    /**
     * Takes all rights from a user but some, in all namespaces. Other users, and those that were never restricted, may do
     * everything.
     *
     * @param user for example {@code system:serviceaccount:default:app}
     * @param rules as in a Role
     */
    public void restrict(String user, PolicyRule... rules) {
        access.restrict(user, List.of(rules));
    }

    /**
     * Lets the tokens of service accounts that were made until now be good no more: who shows one is answered 401. They
     * are made by a {@code TokenRequest}, as a {@link ProcessNode} does it. Those of {@link #client(String)} stay good.
     */
    public void revokeTokens() {
        access.revoke();
    }

    // What has been asked

    /**
     * The requests since the start, or since they were forgotten, in their order. Those that failed are among them.
     *
     * @return a copy
     */
    public List<ApiRequest> requests() {
        return List.copyOf(requests);
    }

    /**
     * How many requests there were for something.
     *
     * @param verb for example {@code create}
     * @param resource for example {@code pods} or {@code pods/status}
     * @return the number
     */
    public int count(String verb, String resource) {
        return count(request -> request.is(verb, resource));
    }

    /**
     * How many requests of some kind there were.
     *
     * @param which says whether one is of that kind
     * @return the number
     */
    public int count(Predicate<ApiRequest> which) {
        return (int) requests.stream().filter(which).count();
    }

    /** Begins to count anew. */
    public void forgetRequests() {
        requests.clear();
    }

    // Faults

    /**
     * Lets requests fail. Clients may try again by themselves: fabric8's does so after 429 and 5xx.
     *
     * @param count how many
     * @param which says of which kind they are
     * @param status the HTTP status of the answer
     * @param body a JSON object, or the message of the {@code Status} that is the answer
     * @return to end it early
     */
    public Fault failNext(int count, Predicate<ApiRequest> which, int status, String body) {
        return add(new Fault(which, count, Fault.Effect.FAIL, status, body));
    }

    /**
     * Lets requests fail until {@link Fault#end()}.
     *
     * @param which says which
     * @param status the HTTP status of the answer
     * @param body a JSON object, or the message of the {@code Status} that is the answer
     * @return to end it
     */
    public Fault failWhen(Predicate<ApiRequest> which, int status, String body) {
        return failNext(Integer.MAX_VALUE, which, status, body);
    }

    /**
     * Closes the connections of requests instead of carrying them out.
     *
     * @param count how many
     * @param which says of which kind they are
     * @return to end it early
     */
    public Fault cutNext(int count, Predicate<ApiRequest> which) {
        return add(new Fault(which, count, Fault.Effect.CUT, 0, ""));
    }

    /**
     * Carries requests out, but closes the connection instead of answering.
     *
     * @param count how many
     * @param which says of which kind they are
     * @return to end it early
     */
    public Fault loseAnswers(int count, Predicate<ApiRequest> which) {
        return add(new Fault(which, count, Fault.Effect.LOSE_ANSWER, 0, ""));
    }

    /**
     * Lets requests wait until {@link Fault#end()}, and carries them out then.
     *
     * @param which says which
     * @return to end it
     */
    public Fault holdWhen(Predicate<ApiRequest> which) {
        return add(new Fault(which, Integer.MAX_VALUE, Fault.Effect.HOLD, 0, ""));
    }

    private Fault add(Fault fault) {
        faults.add(fault);
        return fault;
    }

    /**
     * Cuts all watches that are open now. Clients may open new ones at once.
     *
     * @return how many
     */
    public int dropWatches() {
        HttpServer running = running();
        return running == null ? 0 : running.cutStreams();
    }

    /**
     * Forgets what happened until now: who wants to go on from an earlier version, or with the next part of a list, is told
     * 410 Gone, and has to list anew.
     * Watches that are open go on.
     */
    public void compact() {
        handler.compact();
    }

    private synchronized @Nullable HttpServer running() {
        return http;
    }

    /** Stops listening and cuts all connections; objects and faults stay. Returns when all threads have ended. */
    public synchronized void stop() {
        if (http != null) {
            http.close();
            http = null;
        }
    }

    /**
     * Starts again after {@link #stop()}, on the same port.
     *
     * @throws UncheckedIOException when another has taken the port meanwhile
     */
    public synchronized void start() {
        if (http == null) {
            http = listen(port);
        }
    }

    /** Closes the clients and stops. */
    @Override
    public void close() {
        clients.values().forEach(KubernetesClient::close);
        stop();
    }

    // Objects

    /**
     * Stores an object as it is, with its status and uid, which no request could do. What it does not have, such as a
     * uid, it is given.
     *
     * @param object has a name, and a namespace if it is in one
     */
    public void put(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        String group = HasMetadata.getGroup(object.getClass());
        ApiPath path = new ApiPath(
                group == null ? "" : group,
                "v1",
                Pluralize.toPlural(object.getKind()).toLowerCase(java.util.Locale.ROOT),
                namespace == null ? "" : namespace,
                object.getMetadata().getName(),
                "");
        store.put(path, Json.of(object));
    }

    /**
     * Says what {@code get pods/log} answers. Before that, and for logs it does not know, it answers as a server that
     * cannot reach the node.
     *
     * @param source knows the logs
     */
    public void logs(PodLogs source) {
        logs = Objects.requireNonNull(source, "source");
    }

    // Handling

    private void handle(HttpRequest http, Exchange exchange) throws IOException, InterruptedException {
        ApiPath path = ApiPath.of(http.path());
        String verb = verb(http, path);
        try {
            String user = userOf(http, verb, path);
            Exchange target = spoil(request(verb, path, http, user), exchange);
            if (target != null) {
                answer(user, verb, path, http, target);
            }
        } catch (StatusException e) {
            ApiHandler.answer(exchange, e.code(), e.body());
        }
    }

    private String userOf(HttpRequest http, String verb, @Nullable ApiPath path) throws StatusException {
        String user = "";
        try {
            user = access.user(http.header("Authorization"));
            return user;
        } finally {
            requests.add(request(verb, path, http, user));
        }
    }

    /** Lets the faults have their way, and says who is to take the answer; null when there is none to be given any more. */
    private @Nullable Exchange spoil(ApiRequest request, Exchange exchange) throws IOException, InterruptedException {
        Exchange target = exchange;
        for (Fault fault : faults) {
            if (fault.take(request)) {
                switch (fault.effect()) {
                    case FAIL -> {
                        ApiHandler.answer(exchange, fault.status(), fault.body());
                        return null;
                    }
                    case CUT -> {
                        exchange.cut();
                        return null;
                    }
                    case HOLD -> fault.hold();
                    case LOSE_ANSWER -> target = new Unanswered(exchange);
                }
            }
        }
        return target;
    }

    private void answer(String user, String verb, @Nullable ApiPath path, HttpRequest http, Exchange exchange)
            throws IOException {
        try {
            if (path == null) {
                noResource(http, exchange);
            } else {
                access.check(user, verb, path);
                handler.handle(user, verb, path, http, exchange);
            }
        } catch (StatusException e) {
            ApiHandler.answer(exchange, e.code(), e.body());
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "the API server has failed at " + http, e);
            StatusException failure = new StatusException(500, "InternalError", "Internal error occurred: " + e);
            ApiHandler.answer(exchange, failure.code(), failure.body());
        }
    }

    private static ApiRequest request(String verb, @Nullable ApiPath path, HttpRequest http, String user) {
        if (path == null) {
            return new ApiRequest(verb, http.path(), "", "", user, http.parameters(), http.text());
        }
        return new ApiRequest(
                verb, path.resourceOfRole(), path.namespace(), path.name(), user, http.parameters(), http.text());
    }

    private static String verb(HttpRequest request, @Nullable ApiPath path) {
        boolean one = path != null && !path.name().isEmpty();
        String watch = request.parameters().getOrDefault("watch", "false");
        return switch (request.method()) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> one ? "delete" : "deletecollection";
            default -> watch.equals("true") || watch.equals("1") ? "watch" : one || path == null ? "get" : "list";
        };
    }

    private static void noResource(HttpRequest request, Exchange exchange) throws IOException, StatusException {
        ObjectNode answer = switch (request.path()) {
            case "/version" -> Json.of(Map.of("major", "1", "minor", "34", "gitVersion", "v1.34.0"));
            case "/healthz", "/livez", "/readyz" -> Json.of(Map.of("status", "ok"));
            default -> throw new StatusException(404, "NotFound", "the server could not find the requested resource");
        };
        ApiHandler.answer(exchange, 200, answer);
    }

    /** An exchange whose answer nobody gets. */
    private record Unanswered(Exchange exchange) implements Exchange {
        @Override
        public void answer(int status, Map<String, String> headers, String type, byte[] body) {
            exchange.cut();
        }

        @Override
        public void stream(Source source) {
            source.close();
            exchange.cut();
        }

        @Override
        public void cut() {
            exchange.cut();
        }
    }

    private final class Others implements ApiHandler.Outside {
        @Override
        public boolean allows(String user, String verb, ApiPath path) {
            ApiRequest asked =
                    new ApiRequest(verb, path.resourceOfRole(), path.namespace(), path.name(), user, Map.of(), "");
            return access.allows(user, verb, path) && faults.stream().noneMatch(fault -> fault.forbids(asked));
        }

        @Override
        public @Nullable String log(String namespace, String pod, String container) {
            return logs.of(namespace, pod, container);
        }

        @Override
        public String token(String user) {
            return access.issue(user);
        }
    }
}
