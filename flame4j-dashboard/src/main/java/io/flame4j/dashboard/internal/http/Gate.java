package io.flame4j.dashboard.internal.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request comes from where it may. A page of another site can make a browser send requests to this machine, and by
 * a name that it points here (DNS rebinding) even read the answers: the {@code Host} header tells, since browsers do not let
 * pages forge it. Immutable.
 */
final class Gate {

    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");

    private final boolean anyAddress;
    private final Set<String> hosts = new HashSet<>();

    /**
     * Creates a gate.
     *
     * @param bound where the server listens; when that is not a loopback address, it may be reached by addresses that are not
     *     known here, those of a proxy for instance, and any address is good: only a name can be pointed elsewhere
     * @param more names under which it may be asked for besides
     */
    Gate(InetAddress bound, Set<String> more) {
        anyAddress = !bound.isLoopbackAddress();
        hosts.add("localhost");
        hosts.add("127.0.0.1");
        hosts.add("[::1]");
        hosts.add(hostOf(bound));
        more.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    }

    /** An address as it stands in a URL. */
    static String hostOf(InetAddress address) {
        // The JDK knows how to write an address of either kind before a port, scope included.
        String text = new InetSocketAddress(address.getHostAddress(), 0).getHostString();
        return text.indexOf(':') < 0 ? text : "[" + text.replaceFirst("%.*", "") + "]";
    }

    boolean admits(@Nullable String hostHeader) {
        if (hostHeader == null) {
            return false;
        }
        String host = withoutPort(hostHeader);
        return hosts.contains(host) || (anyAddress && ADDRESS.matcher(host).matches());
    }

    /**
     * Whether a page of another site asks. It could not read the answer, but take the places of those who can. Other programs
     * than browsers do not say.
     */
    static boolean isFromElsewhere(@Nullable String fetchSite) {
        return fetchSite != null && !fetchSite.equals("same-origin") && !fetchSite.equals("none");
    }

    /** Whether a change was sent by a page of this very server. */
    static boolean isSameOrigin(@Nullable String origin, @Nullable String hostHeader, @Nullable String fetchSite) {
        if (origin == null || hostHeader == null || (fetchSite != null && !fetchSite.equals("same-origin"))) {
            return false;
        }
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.equalsIgnoreCase(hostHeader);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
    }
}
