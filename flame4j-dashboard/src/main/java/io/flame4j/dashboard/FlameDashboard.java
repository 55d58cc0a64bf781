package io.flame4j.dashboard;

import io.flame4j.dashboard.internal.http.DashboardServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The live page, on an HTTP server of its own: pools, runners with their slots as they fill, boots, the queue, failures with
 * their causes, and a timeline of the last five minutes, for all pools of this process.
 *
 * <p><b>Who can see it.</b> It listens on the loopback address unless told otherwise, and is read-only unless told otherwise.
 * It authenticates nobody: whoever reaches the port sees names of pools and tasks and the messages of failures, and, with
 * {@link FlameDashboardBuilder#allowResize}, changes the size of pools. Where that is too much, serve {@link DashboardFeed} and
 * {@link DashboardContent} from the application's own web server, behind its own authentication, or put a proxy before it.
 *
 * <p>Starting and closing block for a moment. All threads are daemons, so a dashboard that is not closed does not keep the
 * JVM. Thread-safe.
 *
 * @since 0.1
 */
public final class FlameDashboard implements AutoCloseable {

    private final DashboardFeed feed;
    private final DashboardServer server;

    private FlameDashboard(DashboardFeed feed, DashboardServer server) {
        this.feed = feed;
        this.server = server;
    }

    /**
     * Starts a read-only page on a free port of the loopback address.
     *
     * @return the page; close it to end it
     * @throws UncheckedIOException when there is no port
     */
    public static FlameDashboard start() {
        return builder().start();
    }

    /**
     * A page with other options.
     *
     * @return a builder
     */
    public static FlameDashboardBuilder builder() {
        return new FlameDashboardBuilder();
    }

    static FlameDashboard start(FlameDashboardBuilder options) {
        DashboardFeed feed = DashboardFeed.open(options.access);
        try {
            InetSocketAddress address = new InetSocketAddress(options.bind, options.port);
            return new FlameDashboard(feed, DashboardServer.start(address, feed, options.hosts, options.maxViewers));
        } catch (IOException e) {
            feed.close();
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (RuntimeException e) {
            feed.close();
            throw e;
        }
    }

    /**
     * Where the page is, such as {@code http://127.0.0.1:41373/}; of a page that listens at all addresses, its loopback one.
     *
     * @return its URL
     */
    public URI uri() {
        return server.uri();
    }

    /**
     * How many look at it now.
     *
     * @return pages that are open, and visible
     */
    public int viewers() {
        return server.viewers();
    }

    /** Ends the page, its connections and its threads. Further calls do nothing. */
    @Override
    public void close() {
        feed.close();
        server.close();
    }
}
