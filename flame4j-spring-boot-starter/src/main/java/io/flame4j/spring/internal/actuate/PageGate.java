package io.flame4j.spring.internal.actuate;

import io.flame4j.dashboard.DashboardContent;
import java.net.InetAddress;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * What stands before the live page, in a filter: its security headers, the slash at the end of its path, and that only the
 * page itself changes anything or reads states, not a page of another site in the same browser. A server that only this
 * machine reaches is most often guarded by nothing else, so there a name that another site has pointed here (DNS rebinding) is
 * refused. Who may look at all is for the application's own security to say, which comes before this. Immutable.
 */
public final class PageGate {

    /** What needs no name server, so that nobody can point it elsewhere; the port aside. */
    private static final Pattern OWN_HOST =
            Pattern.compile("(localhost|\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+])(:\\d*)?", Pattern.CASE_INSENSITIVE);

    private final ObjectProvider<PathMappedEndpoints> endpoints;
    private final boolean onLoopback;

    /**
     * Makes one.
     *
     * @param endpoints they know the path, once all of them are there
     * @param environment says where the server of the actuator listens
     */
    public PageGate(ObjectProvider<PathMappedEndpoints> endpoints, Environment environment) {
        this.endpoints = endpoints;
        String server =
                ManagementPortType.get(environment) == ManagementPortType.DIFFERENT ? "management.server" : "server";
        onLoopback = Binder.get(environment)
                .bind(server + ".address", InetAddress.class)
                .map(InetAddress::isLoopbackAddress)
                .orElse(false);
    }

    /**
     * An answer in place of the endpoint's.
     *
     * @param status its status
     * @param location where to go instead
     * @param text what to tell
     */
    record Refusal(int status, @Nullable String location, String text) {}

    /** The path below that of the page, beginning with a slash, or empty; null when the request is not for the page. */
    @Nullable
    String below(String path) {
        PathMappedEndpoints all = endpoints.getIfAvailable();
        String root = all == null ? null : all.getPath(EndpointId.of(FlamePageEndpoint.ID));
        if (root == null || !path.startsWith(root)) {
            return null;
        }
        String rest = path.substring(root.length());
        return rest.isEmpty() || rest.startsWith("/") ? rest : null;
    }

    /** The headers of every answer. */
    static Map<String, String> headers() {
        return DashboardContent.headers();
    }

    /**
     * What to answer at once; null when the endpoint shall answer.
     *
     * @param root the last name of the path of the page
     * @param below what is below that
     * @param header the request's headers
     * @param crossOrigin whether its origin is not the one that is asked
     */
    @Nullable
    Refusal refusal(
            String method,
            String root,
            String below,
            Function<String, @Nullable String> header,
            BooleanSupplier crossOrigin) {
        String host = header.apply("Host");
        if (onLoopback && (host == null || !OWN_HOST.matcher(host).matches())) {
            return new Refusal(
                    421,
                    null,
                    "This page is not served under that name, since its server listens on loopback alone. Ask for it as"
                            + " localhost or by its address; a proxy has to send one of these as Host");
        }
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (reads && below.isEmpty()) {
            // Relative, since a proxy may have changed all that is before it.
            return new Refusal(302, root + "/", "The page is at " + root + "/");
        }
        String site = header.apply("Sec-Fetch-Site");
        if (reads && below.equals("/state") && site != null && !site.equals("same-origin") && !site.equals("none")) {
            return new Refusal(403, null, "Only this page itself may ask for its states");
        }
        if (!reads
                && (!"resize".equals(header.apply("X-Flame4j-Dashboard"))
                        || header.apply("Origin") == null
                        || (site != null && !site.equals("same-origin"))
                        || crossOrigin.getAsBoolean())) {
            return new Refusal(
                    403,
                    null,
                    "Pools are resized by this page alone: the header X-Flame4j-Dashboard: resize, and an Origin that"
                            + " is this server, are required");
        }
        return null;
    }

    /** The last name of a path. */
    static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
