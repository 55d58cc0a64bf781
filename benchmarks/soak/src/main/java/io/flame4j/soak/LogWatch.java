package io.flame4j.soak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Stands where the log goes, standard error, so that it can be seen how much one event makes it say. Thread-safe.
 *
 * <p>There is one event for each line, and not for each attempt, when no message comes oftener than what it is about.
 */
final class LogWatch implements AutoCloseable {

    /** But for the sum of many refused connections, which comes when the scenario that it is about may be over. */
    private static final Pattern WARNING =
            Pattern.compile(" (WARN|ERROR) (?!JdkWebSocketImpl)\\S+ - (?!Refused \\d+ more connections)");

    private static final int KEPT = 1_000;

    private final PrintStream before = System.err;
    private final OutputStream target;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final List<String> warnings = new ArrayList<>();
    private long count;

    /** The log goes on to the target, which is not closed. */
    LogWatch(OutputStream target) {
        this.target = target;
        System.setErr(new PrintStream(new Lines(), true, StandardCharsets.UTF_8));
    }

    /** How many warnings and errors there have been. */
    synchronized long warnings() {
        return count;
    }

    /** The warnings after so many. */
    synchronized List<String> since(long number) {
        int kept = (int) Math.min(count - number, warnings.size());
        return List.copyOf(warnings.subList(warnings.size() - kept, warnings.size()));
    }

    static String shown(List<String> lines) {
        return lines.stream().limit(20).collect(Collectors.joining("\n    ", "\n    ", ""));
    }

    private void ended(String text) {
        if (WARNING.matcher(text).find()) {
            count++;
            warnings.add(text);
            if (warnings.size() > KEPT) {
                warnings.remove(0);
            }
        }
    }

    private final class Lines extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            synchronized (LogWatch.this) {
                target.write(bytes, from, length);
                for (int i = from; i < from + length; i++) {
                    if (bytes[i] == '\n') {
                        ended(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    } else {
                        line.write(bytes[i]);
                    }
                }
            }
        }

        @Override
        public void flush() throws IOException {
            target.flush();
        }
    }

    /** The log goes where it went before. */
    @Override
    public void close() {
        System.setErr(before);
    }
}
