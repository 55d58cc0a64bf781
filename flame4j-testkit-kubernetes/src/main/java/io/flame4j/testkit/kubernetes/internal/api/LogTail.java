package io.flame4j.testkit.kubernetes.internal.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What of a log a client wants to see. */
public final class LogTail {

    private LogTail() {}

    /**
     * The end of a log.
     *
     * @param text all of it
     * @param parameters of the request, of which {@code tailLines} counts if it is a number
     * @return what to send
     */
    public static byte[] of(String text, Map<String, String> parameters) {
        String wanted = parameters.getOrDefault("tailLines", "");
        if (!wanted.matches("\\d{1,9}")) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        List<String> lines = text.lines().toList();
        int from = Math.max(0, lines.size() - Integer.parseInt(wanted));
        return lines.subList(from, lines.size()).stream()
                .map(line -> line + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }
}
