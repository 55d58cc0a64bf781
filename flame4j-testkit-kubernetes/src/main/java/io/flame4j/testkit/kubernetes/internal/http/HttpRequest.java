package io.flame4j.testkit.kubernetes.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * A request, as it came.
 *
 * @param method in capitals
 * @param path decoded, without the query
 * @param parameters of the query; of a name that comes twice, the last
 * @param headers by lower-case name
 * @param body empty when there is none
 */
public record HttpRequest(
        String method, String path, Map<String, String> parameters, Map<String, String> headers, byte[] body) {

    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    boolean wantsWebSocket() {
        return header("Upgrade").equalsIgnoreCase("websocket");
    }

    boolean keepsAlive() {
        return !header("Connection").equalsIgnoreCase("close");
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
