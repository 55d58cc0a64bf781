package io.flame4j.internal.logs;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.logs.RunnerLogEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.event.Level;

/** Log events on the wire; docs/PROTOCOL.md, LOG. Bounds are such that the longest event fits a control frame. */
final class LogBatch {

    static final int MAX_NAME = 200;
    static final int MAX_MESSAGE = 4_000;
    static final int MAX_TRACE = 8_000;
    static final int MAX_MDC_ENTRIES = 32;
    static final int MAX_MDC_VALUE = 500;

    /** Characters of all keys and values together. */
    static final int MAX_MDC = 4_000;

    /** Fewest bytes of an event. */
    static final int LEAST = 6;

    /** By their numbers on the wire, which are those of SLF4J divided by ten. */
    private static final Level[] LEVELS = {Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR};

    private LogBatch() {}

    /** An event that is within the bounds, and how much memory it takes at most. */
    record Entry(RunnerLogEvent event, int characters) {}

    /** Cuts what is too long. */
    static Entry bounded(RunnerLogEvent event) {
        String trace = event.trace();
        Map<String, String> mdc = new HashMap<>();
        int mdcCharacters = 0;
        for (Map.Entry<String, String> entry : event.mdc().entrySet()) {
            String key = cut(entry.getKey(), MAX_NAME);
            String value = cut(entry.getValue(), MAX_MDC_VALUE);
            int more = key.length() + value.length();
            if (mdc.size() < MAX_MDC_ENTRIES && mdcCharacters + more <= MAX_MDC) {
                mdc.put(key, value);
                mdcCharacters += more;
            }
        }
        RunnerLogEvent cut = new RunnerLogEvent(
                event.level(),
                cut(event.logger(), MAX_NAME),
                cut(event.thread(), MAX_NAME),
                cut(event.message(), MAX_MESSAGE),
                trace == null ? null : cut(trace, MAX_TRACE),
                mdc);
        int characters = cut.logger().length()
                + cut.thread().length()
                + cut.message().length()
                + (cut.trace() == null ? 0 : cut.trace().length())
                + mdcCharacters;
        return new Entry(cut, characters);
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 2)) ? most - 2 : most - 1;
        return text.substring(0, end).concat("…");
    }

    static void write(RunnerLogEvent event, ByteWriter out) {
        out.writeByte(event.level().toInt() / 10);
        out.writeString(event.logger());
        out.writeString(event.thread());
        out.writeString(event.message());
        out.writeString(event.trace() == null ? "" : event.trace());
        out.writeVarInt(event.mdc().size());
        for (Map.Entry<String, String> entry : event.mdc().entrySet()) {
            out.writeString(entry.getKey());
            out.writeString(entry.getValue());
        }
    }

    /** Reads one event. No text is longer than the frame that it is in. */
    static RunnerLogEvent read(ByteReader in) throws IOException {
        int level = in.readByte();
        if (level < 0 || level >= LEVELS.length) {
            throw new IOException("malformed log event: level " + level);
        }
        String logger = in.readString();
        String thread = in.readString();
        String message = in.readString();
        String trace = in.readString();
        int count = in.readVarInt();
        if (count < 0 || count > MAX_MDC_ENTRIES) {
            throw new IOException("malformed log event: " + count + " keys");
        }
        Map<String, String> mdc = new HashMap<>();
        for (int i = 0; i < count; i++) {
            mdc.put(in.readString(), in.readString());
        }
        return new RunnerLogEvent(LEVELS[level], logger, thread, message, trace.isEmpty() ? null : trace, mdc);
    }
}
