package io.flame4j.backend;

import io.flame4j.internal.bytes.LogText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/** Cuts a process's output into lines, hands each on, and remembers the last ones. One thread reads; any may ask. */
final class RunnerOutput {

    /** Longest line in bytes; what is beyond is dropped. */
    static final int LONGEST_LINE = 8 << 10;

    /** How many lines are remembered. */
    static final int REMEMBERED = 50;

    private final Consumer<String> sink;
    private final Charset charset;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private long dropped;

    /** Guarded by itself. */
    private final ArrayDeque<String> last = new ArrayDeque<>(REMEMBERED);

    RunnerOutput(Consumer<String> sink, Charset charset) {
        this.sink = sink;
        this.charset = charset;
    }

    /** Reads until the output ends or breaks. */
    void readAll(InputStream in) {
        byte[] buffer = new byte[LONGEST_LINE];
        try {
            int count;
            while ((count = in.read(buffer)) >= 0) {
                accept(buffer, count);
            }
        } catch (IOException e) {
            // The process is gone, and its pipe with it.
        }
        if (line.size() > 0) {
            endLine();
        }
    }

    /** The last lines, oldest first. */
    List<String> lastLines() {
        synchronized (last) {
            return List.copyOf(last);
        }
    }

    private void accept(byte[] buffer, int count) {
        int start = 0;
        for (int i = 0; i < count; i++) {
            if (buffer[i] == '\n') {
                append(buffer, start, i);
                endLine();
                start = i + 1;
            }
        }
        append(buffer, start, count);
    }

    private void append(byte[] buffer, int from, int to) {
        int fitting = Math.min(to - from, LONGEST_LINE - line.size());
        line.write(buffer, from, fitting);
        dropped += to - from - fitting;
    }

    private void endLine() {
        String text = line.toString(charset);
        if (text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        // A lone carriage return would write over what the log says before it, an escape steer the terminal.
        text = LogText.oneLine(text, LONGEST_LINE);
        if (dropped > 0) {
            text += " … (" + dropped + " bytes more)";
        }
        line.reset();
        dropped = 0;
        synchronized (last) {
            if (last.size() == REMEMBERED) {
                last.removeFirst();
            }
            last.addLast(text);
        }
        try {
            sink.accept(text);
        } catch (RuntimeException e) {
            // A log that fails must not stop the reading, which would block the runner.
        }
    }
}
