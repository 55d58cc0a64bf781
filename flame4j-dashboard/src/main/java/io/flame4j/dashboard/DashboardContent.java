package io.flame4j.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file of the page. Its files name each other, and what they load besides, by relative paths: {@code state}, with the
 * newest {@link DashboardState#json}; {@code events}, a stream of them as server-sent events, without which the page asks
 * for {@code state} every second; and {@code resize}, to which it posts {@code pool}, {@code min} and {@code max} as
 * parameters of the URL, with the header {@code X-Flame4j-Dashboard: resize}, when the state says that it may. So the page may be
 * served under any path that ends in a slash.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class DashboardContent {

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("index.html", "text/html; charset=utf-8"),
            Map.entry("dashboard.css", "text/css; charset=utf-8"),
            Map.entry("app.js", "text/javascript; charset=utf-8"),
            Map.entry("connection.js", "text/javascript; charset=utf-8"),
            Map.entry("dom.js", "text/javascript; charset=utf-8"),
            Map.entry("failures.js", "text/javascript; charset=utf-8"),
            Map.entry("format.js", "text/javascript; charset=utf-8"),
            Map.entry("pool.js", "text/javascript; charset=utf-8"),
            Map.entry("runners.js", "text/javascript; charset=utf-8"),
            Map.entry("theme.js", "text/javascript; charset=utf-8"),
            Map.entry("timeline.js", "text/javascript; charset=utf-8"),
            Map.entry("icon.svg", "image/svg+xml"));

    /** What keeps the page to itself, whatever a runner's message says. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private static final Map<String, DashboardContent> LOADED = new ConcurrentHashMap<>();

    private final String contentType;
    private final byte[] bytes;

    private DashboardContent(String contentType, byte[] bytes) {
        this.contentType = contentType;
        this.bytes = bytes;
    }

    /**
     * The file at a path.
     *
     * @param path the path below that of the page, such as {@code dashboard.css}; empty for the page
     * @return the file, if there is one
     */
    public static Optional<DashboardContent> at(String path) {
        String file = path.isEmpty() ? "index.html" : path;
        // Only names that are known are ever looked up, so no path leads elsewhere.
        String type = TYPES.get(file);
        return type == null
                ? Optional.empty()
                : Optional.of(LOADED.computeIfAbsent(file, name -> new DashboardContent(type, load(name))));
    }

    /**
     * The headers that belong to every answer of the page, states included: a policy that lets nothing run or load but these
     * files, and no caching.
     *
     * @return names and values
     */
    public static Map<String, String> headers() {
        return HEADERS;
    }

    /**
     * What kind of file it is.
     *
     * @return the value of {@code Content-Type}
     */
    public String contentType() {
        return contentType;
    }

    /**
     * What is in it.
     *
     * @return a copy
     */
    public byte[] bytes() {
        return bytes.clone();
    }

    private static byte[] load(String name) {
        try (InputStream in = DashboardContent.class.getResourceAsStream("page/" + name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "flame4j-dashboard is incomplete: its file page/" + name + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("flame4j-dashboard: page/" + name + " cannot be read", e);
        }
    }
}
