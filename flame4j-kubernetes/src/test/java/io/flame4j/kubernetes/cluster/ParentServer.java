package io.flame4j.kubernetes.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.RunnerContext;
import io.flame4j.backend.Tls;
import io.flame4j.kubernetes.BuilderAccess;
import io.flame4j.kubernetes.Doctor;
import io.flame4j.kubernetes.KubernetesBackend;
import io.flame4j.kubernetes.KubernetesBackendBuilder;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * The application of the tests: a parent that runs in a pod, does what it is asked over HTTP, and is configured by its
 * environment. A task of it can wait at a gate, which is here too, until a test opens that.
 *
 * <ul>
 *   <li>{@code /call}: runs a task; answers with the name of the runner's pod
 *   <li>{@code /hold?gate=g&retries=n}: as before, but the task waits at a gate first
 *   <li>{@code /open?gate=g}, {@code /waiting?gate=g}: opens a gate; says how many wait there
 *   <li>{@code /burst?calls=n}: that many calls at a time; answers with the pods, and how many calls each has served
 *   <li>{@code /exit?code=n}: runs a task that ends its runner's JVM
 *   <li>{@code /stats}: runners, booting and ready ones
 *   <li>{@code /doctor}: answers with the report of a doctor
 *   <li>{@code /close}: closes the pool
 *   <li>{@code /halt}: ends this JVM as a crash does
 * </ul>
 *
 * An exception is answered with status 500, its class and its message.
 */
public final class ParentServer {

    static final int PORT = 8080;

    /** The variable that tells where the files of the service account are, since a process has no file system of its own. */
    static final String SERVICE_ACCOUNT = "TEST_SERVICE_ACCOUNT";

    private final FlamePool pool;
    private final String self;
    private final Map<String, CompletableFuture<Void>> gates = new ConcurrentHashMap<>();
    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();

    private ParentServer(FlamePool pool, String self) {
        this.pool = pool;
        this.self = self;
    }

    public static void main(String[] args) throws IOException {
        String ip = System.getenv("POD_IP");
        FlamePoolBuilder builder = FlamePool.builder("jobs")
                .backend(backend())
                .max(number("POOL_MAX", 2))
                .min(number("POOL_MIN", 0))
                .maxConcurrency(number("POOL_CONCURRENCY", 1))
                .idleShutdownAfter(duration("POOL_IDLE", "PT5M"))
                .bootTimeout(duration("POOL_BOOT", "PT60S"))
                .shutdownTimeout(duration("POOL_SHUTDOWN", "PT20S"))
                .timeout(Duration.ofMinutes(5));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(ip), PORT), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "http");
            thread.setDaemon(true);
            return thread;
        }));
        ParentServer parent = new ParentServer(builder.build(), "http://" + ip + ":" + PORT);
        server.createContext("/", parent::serve);
        server.start();
        System.out.println("ready");
    }

    private static KubernetesBackend backend() {
        KubernetesBackendBuilder backend = BuilderAccess.toldOfLosses(KubernetesBackend.builder())
                .jvmOptions("-Xmx64m")
                .tokenInSecret(Boolean.parseBoolean(System.getenv("TOKEN_IN_SECRET")));
        if (System.getenv(SERVICE_ACCOUNT) != null) {
            Surroundings here = Surroundings.ofThisProcess();
            BuilderAccess.in(
                    new Surroundings(here.variables(), Path.of(System.getenv(SERVICE_ACCOUNT)), here.hostName(), null),
                    backend);
        }
        if (System.getenv("TLS_DIRECTORY") != null) {
            backend.tls(Tls.mutual(Path.of(System.getenv("TLS_DIRECTORY"))).parentName("parent.shop"));
        }
        if (System.getenv("ADVERTISED") != null) {
            backend.advertiseAddress(System.getenv("ADVERTISED"));
        }
        if (System.getenv("UNSCHEDULABLE_GRACE") != null) {
            backend.unschedulableGrace(duration("UNSCHEDULABLE_GRACE", "PT1S"));
        }
        if (System.getenv("MAX_IN_NAMESPACE") != null) {
            backend.maxInNamespace(number("MAX_IN_NAMESPACE", 1));
        }
        return backend.build();
    }

    private static int number(String variable, int otherwise) {
        String value = System.getenv(variable);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    private static Duration duration(String variable, String otherwise) {
        String value = System.getenv(variable);
        return Duration.parse(value == null ? otherwise : value);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String answer;
        int status = 200;
        try {
            answer = answer(exchange.getRequestURI().getPath(), parameters(exchange.getRequestURI()));
        } catch (Exception e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            status = 500;
            answer = cause.getClass().getName() + ": " + cause.getMessage();
        }
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String answer(String path, Map<String, String> query) throws Exception {
        switch (path) {
            case "/call":
                return pool.call(() -> System.getenv("POD_NAME"));
            case "/hold":
                return hold(query.get("gate"), Integer.parseInt(query.getOrDefault("retries", "0")));
            case "/gate":
                waiting.merge(query.get("gate"), 1, Integer::sum);
                gate(query.get("gate")).get();
                return "open";
            case "/open":
                gate(query.get("gate")).complete(null);
                return "open";
            case "/waiting":
                return String.valueOf(waiting.getOrDefault(query.get("gate"), 0));
            case "/burst":
                return burst(Integer.parseInt(query.get("calls")));
            case "/exit":
                int code = Integer.parseInt(query.get("code"));
                pool.call(() -> Runtime.getRuntime().halt(code));
                return "not reached";
            case "/stats":
                return "runners=" + pool.stats().runners().size() + " booting="
                        + pool.stats().booting();
            case "/doctor":
                return Doctor.examineAndBoot(backend(), Duration.ofSeconds(60)).toString();
            case "/close":
                pool.close();
                return "closed";
            case "/halt":
                Runtime.getRuntime().halt(3);
                return "not reached";
            default:
                throw new IllegalArgumentException("unknown: " + path);
        }
    }

    private CompletableFuture<Void> gate(String name) {
        return gates.computeIfAbsent(name, unknown -> new CompletableFuture<>());
    }

    private String hold(String gate, int retries) throws Exception {
        String url = self + "/gate?gate=" + gate;
        return pool.call(
                () -> {
                    pass(url);
                    return System.getenv("POD_NAME") + " of "
                            + RunnerContext.current().runnerId();
                },
                CallOptions.defaults().retries(retries));
    }

    /** On the runner: returns when the gate is open. */
    private static void pass(String url) throws IOException, InterruptedException {
        HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.discarding());
    }

    private String burst(int calls) throws Exception {
        List<CompletableFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            futures.add(pool.callAsync(() -> System.getenv("POD_NAME")));
        }
        Map<String, Integer> byPod = new TreeMap<>();
        for (CompletableFuture<String> future : futures) {
            byPod.merge(future.get(), 1, Integer::sum);
        }
        return byPod.toString();
    }

    private static Map<String, String> parameters(URI uri) {
        Map<String, String> parameters = new HashMap<>();
        if (uri.getRawQuery() != null) {
            for (String each : uri.getRawQuery().split("&")) {
                String[] parts = each.split("=", 2);
                parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }
}
