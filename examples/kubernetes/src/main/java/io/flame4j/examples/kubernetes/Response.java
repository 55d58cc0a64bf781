package io.flame4j.examples.kubernetes;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An answer.
 *
 * @param status the HTTP status
 * @param type the media type
 * @param body the content
 * @param headers others
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Response(int status, String type, byte[] body, Map<String, String> headers) {

    private static final String TEXT = "text/plain; charset=utf-8";

    static Response text(int status, String text) {
        return new Response(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Response html(String html) {
        return new Response(200, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8), Map.of())
                .with("Content-Security-Policy", "default-src 'self'");
    }

    /** A picture; its name says the format. */
    static Response picture(PictureTasks.Made made) {
        // What comes from runners has read what strangers sent: none of it becomes a type that a browser runs.
        String type = switch (made.name().substring(made.name().lastIndexOf('.') + 1)) {
            case "jpg" -> "image/jpeg";
            case "png" -> "image/png";
            case "gif" -> "image/gif";
            default -> "application/octet-stream";
        };
        return new Response(200, type, made.bytes(), Map.of())
                .with("X-Content-Type-Options", "nosniff")
                .with("X-Made-By", made.place().runner())
                .with("X-Made-In", made.place().host())
                .with(
                        "X-Took-Millis",
                        String.format(Locale.ROOT, "%d", made.took().toMillis()));
    }

    Response with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Response(status, type, body, more);
    }
}
