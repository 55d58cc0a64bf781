package io.flame4j.dashboard;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Options of a {@link FlameDashboard}. Not thread-safe.
 *
 * @since 0.1
 */
public final class FlameDashboardBuilder {

    InetAddress bind = InetAddress.getLoopbackAddress();
    int port;
    DashboardFeed.Access access = DashboardFeed.Access.READ_ONLY;
    int maxViewers = 16;
    final Set<String> hosts = new HashSet<>();

    FlameDashboardBuilder() {}

    /**
     * The port.
     *
     * @param newPort the port; 0, the default, for one that is free
     * @return this
     * @throws IllegalArgumentException when there is no such port
     */
    public FlameDashboardBuilder port(int newPort) {
        if (newPort < 0 || newPort > 65_535) {
            throw new IllegalArgumentException("port must be from 0 to 65535: " + newPort);
        }
        port = newPort;
        return this;
    }

    /**
     * The address to listen at. By default it is the loopback address: only who is on this machine reaches the page. Any
     * other lets in whoever reaches it, unasked for a name or a password; and who sends half a request holds one of a few
     * threads, unless the JVM has a limit for that ({@code -Dsun.net.httpserver.maxReqTime=10}).
     *
     * @param address the address
     * @return this
     */
    public FlameDashboardBuilder bind(InetAddress address) {
        bind = Objects.requireNonNull(address, "address");
        return this;
    }

    /**
     * Whether pools can be resized on the page. Off by default.
     *
     * @param allowed true to allow it to whoever reaches the page
     * @return this
     */
    public FlameDashboardBuilder allowResize(boolean allowed) {
        access = allowed ? DashboardFeed.Access.RESIZE : DashboardFeed.Access.READ_ONLY;
        return this;
    }

    /**
     * A host name under which the page may be asked for, as by the name of its machine or service, or behind a proxy that keeps
     * the {@code Host} header. A page answers to {@code localhost}, to its loopback addresses or, when it listens elsewhere, to
     * any address, and to these names; any other name may be another site's that was pointed here to read this page.
     *
     * @param name the name, without a port
     * @return this
     * @throws IllegalArgumentException when it is blank or contains a slash
     */
    public FlameDashboardBuilder allowHost(String name) {
        if (name.isBlank() || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("allowHost takes a host name alone, such as flame.example.org: " + name);
        }
        hosts.add(name);
        return this;
    }

    /**
     * How many may look at a time; each takes a connection and a thread. More are told so (503).
     *
     * @param most from 1 to 1,000; 16 by default
     * @return this
     * @throws IllegalArgumentException when it is less or more
     */
    public FlameDashboardBuilder maxViewers(int most) {
        if (most < 1 || most > 1_000) {
            throw new IllegalArgumentException("maxViewers must be from 1 to 1000: " + most);
        }
        maxViewers = most;
        return this;
    }

    /**
     * Starts it.
     *
     * @return the page; close it to end it
     * @throws java.io.UncheckedIOException when it cannot listen there; the message says why
     */
    public FlameDashboard start() {
        return FlameDashboard.start(this);
    }
}
