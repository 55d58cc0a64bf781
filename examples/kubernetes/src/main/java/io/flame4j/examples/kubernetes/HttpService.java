package io.flame4j.examples.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service on HTTP. Each request has a thread of its own, which waits for the runner; the pool's bounded queue keeps
 * these from becoming many.
 */
final class HttpService {

    private static final Logger LOG = LoggerFactory.getLogger(HttpService.class);
    private static final Map<String, String> FILES = Map.of("/app.js", "text/javascript", "/style.css", "text/css");

    private final PictureService pictures;
    private final HttpServer server;
    private final ExecutorService threads;
    private final Requests requests = new Requests();
    private volatile boolean ready = true;

    private HttpService(PictureService pictures, HttpServer server, ExecutorService threads) {
        this.pictures = pictures;
        this.server = server;
        this.threads = threads;
    }

    /** Starts to listen. */
    static HttpService start(Settings settings, PictureService pictures) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 0);
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads =
                Executors.newCachedThreadPool(task -> new Thread(task, "http-" + number.incrementAndGet()));
        HttpService service = new HttpService(pictures, server, threads);
        server.setExecutor(threads);
        server.createContext("/", service::handle);
        server.start();
        return service;
    }

    /** Where it listens. */
    String address() {
        InetSocketAddress address = server.getAddress();
        InetAddress host = address.getAddress();
        return "http://" + (host.isAnyLocalAddress() ? "localhost" : host.getHostAddress()) + ":" + address.getPort();
    }

    /**
     * Says at {@code /readyz} that it is going, takes requests for a while since not all have heard it yet, then takes
     * no more and finishes those it has.
     *
     * @param drain how long it still takes requests
     * @param finish how long it waits for those it has
     */
    void stop(Duration drain, Duration finish) throws InterruptedException {
        ready = false;
        // Nobody counts it down: the time is the point.
        new CountDownLatch(1).await(drain.toMillis(), TimeUnit.MILLISECONDS);
        if (!requests.stop(finish)) {
            LOG.warn("Some requests were still running after {}", finish);
        }
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean begun = requests.begin();
            try {
                send(exchange, begun ? answer(exchange) : Response.text(503, "This instance is stopping"));
            } finally {
                if (begun) {
                    requests.end();
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
            throw e;
        }
    }

    private Response answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        boolean post = path.equals("/thumbnails");
        if (!exchange.getRequestMethod().equals(post ? "POST" : "GET")) {
            return Response.text(405, "Use " + (post ? "POST" : "GET")).with("Allow", post ? "POST" : "GET");
        }
        String last = path.substring(path.lastIndexOf('/') + 1);
        return switch (path.substring(0, path.length() - last.length())) {
            case "/" -> root(exchange, path);
            case "/samples/" -> pictures.sample(last);
            case "/pictures/" -> pictures.picture(last);
            default -> notFound(path);
        };
    }

    private Response root(HttpExchange exchange, String path) throws IOException {
        return switch (path) {
            case "/" -> pictures.page();
            case "/thumbnails" -> pictures.thumbnail(exchange.getRequestBody(), parameter(exchange, "size"));
            case "/healthz" -> Response.text(200, "alive");
            case "/readyz" -> ready ? Response.text(200, "ready") : Response.text(503, "stopping");
            default -> FILES.containsKey(path) ? file(path) : notFound(path);
        };
    }

    private static Response notFound(String path) {
        return Response.text(404, "There is nothing at " + path);
    }

    private static Response file(String path) throws IOException {
        try (InputStream in = HttpService.class.getResourceAsStream(path.substring(1))) {
            if (in == null) {
                throw new IllegalStateException("The resource " + path + " is missing from the build");
            }
            String type = FILES.getOrDefault(path, "text/plain") + "; charset=utf-8";
            return new Response(200, type, in.readAllBytes(), Map.of());
        }
    }

    private static Optional<String> parameter(HttpExchange exchange, String name) {
        String query = exchange.getRequestURI().getQuery();
        return query == null
                ? Optional.empty()
                : Arrays.stream(query.split("&"))
                        .filter(pair -> pair.startsWith(name + "="))
                        .map(pair -> pair.substring(name.length() + 1))
                        .findFirst();
    }

    private static void send(HttpExchange exchange, Response response) throws IOException {
        // A client that is still sending would lose the answer when the connection is closed.
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        exchange.getResponseHeaders().set("Content-Type", response.type());
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        response.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(response.status(), response.body().length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(response.body());
        }
    }
}
