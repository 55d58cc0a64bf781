package io.flame4j.dashboard.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flame4j.dashboard.DashboardContent;
import io.flame4j.dashboard.DashboardFeed;
import io.flame4j.dashboard.DashboardState;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page over HTTP. The dispatcher of the JDK's server takes connections, a thread of {@code threads} serves each request:
 * for a stream of events as long as it lasts, which is why those are counted. All of them are daemons.
 */
public final class DashboardServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DashboardServer.class);

    /** Threads beside those that serve streams: a page and its files are asked for over a few connections at once. */
    private static final int THREADS_FOR_FILES = 8;

    private static final int MOST_WAITING_REQUESTS = 256;

    /** What is old is sent again now and then: otherwise neither side would know that the other one is gone. */
    private static final Duration STILL_HERE = Duration.ofSeconds(10);

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final DashboardFeed feed;
    private final Gate gate;
    private final Viewers viewers;

    private DashboardServer(HttpServer server, DashboardFeed feed, Set<String> hosts, int maxViewers) {
        this.server = server;
        this.feed = feed;
        gate = new Gate(server.getAddress().getAddress(), hosts);
        viewers = new Viewers(maxViewers, System::nanoTime);
        AtomicInteger numbers = new AtomicInteger();
        int most = maxViewers + THREADS_FOR_FILES;
        threads = new ThreadPoolExecutor(
                most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING_REQUESTS), task -> {
                    Thread thread = new Thread(task, "flame4j-dashboard-http-" + numbers.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Starts a server.
     *
     * @param address where it listens
     * @param feed what it shows
     * @param hosts names under which it may be asked for, beside those of loopback
     * @param maxViewers how many may look at a time
     * @return the server
     * @throws IOException when it cannot listen there
     */
    public static DashboardServer start(
            InetSocketAddress address, DashboardFeed feed, Set<String> hosts, int maxViewers) throws IOException {
        HttpServer server = bind(address);
        DashboardServer dashboard = new DashboardServer(server, feed, hosts, maxViewers);
        server.setExecutor(dashboard.threads);
        server.createContext("/", dashboard::handle);
        // Its dispatcher is a daemon when the thread that starts it is one: a page must not keep an application alive.
        Thread starter = new Thread(server::start, "flame4j-dashboard-start");
        starter.setDaemon(true);
        starter.start();
        boolean interrupted = false;
        while (starter.isAlive()) {
            try {
                starter.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return dashboard;
    }

    private static HttpServer bind(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, 0);
        } catch (BindException e) {
            throw new IOException(
                    "The dashboard cannot listen at " + Gate.hostOf(address.getAddress()) + ":" + address.getPort()
                            + ": " + e.getMessage() + ". Give it another port(…), or 0 for one that is free",
                    e);
        }
    }

    /**
     * Where the page is; where it listens at all addresses, its loopback one.
     *
     * @return its URL
     */
    public URI uri() {
        InetSocketAddress address = server.getAddress();
        InetAddress host =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        return URI.create("http://" + Gate.hostOf(host) + ":" + address.getPort() + "/");
    }

    /**
     * How many look.
     *
     * @return open streams
     */
    public int viewers() {
        return viewers.count();
    }

    /** Closes all connections and ends all threads but the feed's. */
    @Override
    public void close() {
        // Threads that wait for the feed go first: the server's end waits for no one, but closes their connections.
        threads.shutdownNow();
        server.stop(0);
        try {
            if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("A connection to the dashboard does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- requests

    private void handle(HttpExchange exchange) {
        try (exchange) {
            DashboardContent.headers().forEach(exchange.getResponseHeaders()::set);
            Headers headers = exchange.getRequestHeaders();
            if (!gate.admits(headers.getFirst("Host"))) {
                answer(
                        exchange,
                        421,
                        "This page is not served under that name. Ask for it as localhost, or by its address where it"
                                + " listens on more than loopback, or allow the name with"
                                + " FlameDashboard.builder().allowHost(…)");
                return;
            }
            route(exchange);
        } catch (IOException e) {
            LOG.debug("A connection to the dashboard has ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The dashboard failed to answer a request", e);
        }
    }

    private void route(HttpExchange exchange) throws IOException, InterruptedException {
        String path = exchange.getRequestURI().getPath();
        boolean isResize = path.equals("/resize");
        String method = isResize ? "POST" : "GET";
        if (!exchange.getRequestMethod().equals(method)) {
            exchange.getResponseHeaders().set("Allow", method);
            answer(exchange, 405, "Only " + method + " is possible here");
        } else if (isResize) {
            resize(exchange);
        } else if (isState(path)
                && Gate.isFromElsewhere(exchange.getRequestHeaders().getFirst("Sec-Fetch-Site"))) {
            answer(exchange, 403, "Only this page itself may ask for its states");
        } else if (path.equals("/state")) {
            answer(exchange, 200, "application/json", feed.newest().json().getBytes(UTF_8));
        } else if (path.equals("/events")) {
            events(exchange);
        } else {
            Optional<DashboardContent> file = DashboardContent.at(path.substring(1));
            if (file.isPresent()) {
                answer(exchange, 200, file.get().contentType(), file.get().bytes());
            } else {
                answer(exchange, 404, "There is nothing here. The page is at /");
            }
        }
    }

    private static boolean isState(String path) {
        return path.equals("/state") || path.equals("/events");
    }

    private void events(HttpExchange exchange) throws IOException, InterruptedException {
        Viewers.Viewer viewer = viewers.admit();
        if (viewer == null) {
            exchange.getResponseHeaders().set("Retry-After", "10");
            answer(
                    exchange,
                    503,
                    viewers.most() + " look at this page already, which is as many as it serves. Close one,"
                            + " or allow more with FlameDashboard.builder().maxViewers(…)");
            return;
        }
        try (viewer) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            long seen = 0;
            while (!Thread.currentThread().isInterrupted()) {
                Optional<DashboardState> state = feed.awaitNewer(seen, STILL_HERE);
                if (state.isEmpty() && feed.isClosed()) {
                    return;
                }
                DashboardState shown = state.orElseGet(feed::newest);
                seen = shown.version();
                viewer.writes();
                out.write(("data: " + shown.json() + "\n\n").getBytes(UTF_8));
                out.flush();
                viewer.hasWritten();
            }
        }
    }

    private void resize(HttpExchange exchange) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        if (!"resize".equals(headers.getFirst("X-Flame4j-Dashboard"))
                || !Gate.isSameOrigin(
                        headers.getFirst("Origin"), headers.getFirst("Host"), headers.getFirst("Sec-Fetch-Site"))) {
            answer(
                    exchange,
                    403,
                    "Pools are resized by this page alone: the header X-Flame4j-Dashboard: resize, and an"
                            + " Origin that is this server, are required");
            return;
        }
        try {
            Map<String, String> parameters =
                    Query.parse(exchange.getRequestURI().getRawQuery());
            feed.resize(
                    Query.text(parameters, "pool"), Query.number(parameters, "min"), Query.number(parameters, "max"));
            answer(exchange, 200, "done");
        } catch (UnsupportedOperationException e) {
            answer(exchange, 403, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException | IllegalStateException e) {
            answer(exchange, 400, String.valueOf(e.getMessage()));
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        answer(exchange, status, "text/plain; charset=utf-8", text.getBytes(UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
