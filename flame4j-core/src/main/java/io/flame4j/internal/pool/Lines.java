package io.flame4j.internal.pool;

import java.util.List;

/** The end of a runner's output, for messages. */
final class Lines {

    private static final int MAX = 20;

    private Lines() {}

    /** A colon and the last lines, each on a line of its own; nothing when there are none. */
    static String appended(List<String> lines) {
        if (lines.isEmpty()) {
            return "";
        }
        List<String> last = lines.subList(Math.max(0, lines.size() - MAX), lines.size());
        return ". Its last lines:\n    " + String.join("\n    ", last) + "\n";
    }
}
