package io.flame4j.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Requests as an attacker may send them; the JDK's client would not let a test choose the host. */
final class RawHttp {

    private RawHttp() {}

    /** What came back. */
    record Answer(int status, Map<String, String> headers, String body) {}

    /** Sends a request with these header lines, and reads all of the answer. */
    static Answer send(URI server, String method, String target, String... headerLines) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(60_000);
            StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
            for (String line : headerLines) {
                request.append(line).append("\r\n");
            }
            request.append("Connection: close\r\nContent-Length: 0\r\n\r\n");
            socket.getOutputStream().write(request.toString().getBytes(UTF_8));
            return parse(new String(socket.getInputStream().readAllBytes(), UTF_8));
        }
    }

    private static Answer parse(String text) {
        int end = text.indexOf("\r\n\r\n");
        String[] lines = text.substring(0, end).split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] field = lines[i].split(": ?", 2);
            headers.put(field[0].toLowerCase(Locale.ROOT), field[1]);
        }
        return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers, text.substring(end + 4));
    }
}
