package io.flame4j.internal.wire;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.bytes.LogText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What parent and runner say to each other beside calls; docs/PROTOCOL.md, control frames. */
public sealed interface ControlFrame {

    /** Strings in control frames are cut to this many characters, so that every frame stays within its bound. */
    int MAX_TEXT = 16_000;

    /** What is kept of those that go into a line of the log. */
    int MAX_CLAUSE = 1_000;

    /** What is kept of why an initializer failed; with {@link #MAX_TRACE} it fits a frame at three bytes a character. */
    int MAX_REPORT = 8_000;

    int MAX_TRACE = 12_000;

    /** Most bytes of a task in a {@link Check}. */
    int MAX_TASK = 60_000;

    /** Most propagators in a {@link Welcome}. */
    int MAX_CLASSES = 16;

    record Welcome(
            byte[] slotKey,
            int maxConcurrency,
            long heartbeatMillis,
            long shutdownMillis,
            long interruptGraceMillis,
            String codecClass,
            String initializerClass,
            List<String> propagatorClasses,
            boolean forwardLogs)
            implements ControlFrame {
        public Welcome {
            propagatorClasses = List.copyOf(propagatorClasses);
            if (propagatorClasses.size() > MAX_CLASSES) {
                throw new IllegalArgumentException(propagatorClasses.size() + " classes are too many");
            }
        }

        @Override
        public String toString() {
            return "Welcome[maxConcurrency=" + maxConcurrency + "]";
        }
    }

    record Reject(String message) implements ControlFrame {}

    record ParentHeartbeat() implements ControlFrame {}

    record OpenSlot(int slotId) implements ControlFrame {}

    record SlotClosed(int slotId, int generation, boolean interrupt, boolean discard) implements ControlFrame {}

    record Shutdown(long graceMillis) implements ControlFrame {}

    record Check(int checkId, byte[] task) implements ControlFrame {}

    record RunnerHeartbeat() implements ControlFrame {}

    record Draining(String why) implements ControlFrame {}

    record Condemned(int slotId, String why) implements ControlFrame {}

    record CheckAnswer(int checkId, int answer, String failure) implements ControlFrame {
        public static final int NO = 0;
        public static final int YES = 1;
        public static final int FAILED = 2;
    }

    /**
     * The initializer threw.
     *
     * @param message what is wrong, for the message that each caller gets
     * @param trace where, for the log; empty when there is nothing to tell
     */
    record InitFailed(String message, String trace) implements ControlFrame {}

    /**
     * The runner is about to end.
     *
     * @param why a clause for messages
     * @param begun the last call of each slot whose task may have begun; empty when there are too many to tell
     */
    record Goodbye(String why, Optional<List<Begun>> begun) implements ControlFrame {

        /** More would not fit into a frame. */
        public static final int MAX_BEGUN = 1_000;

        /** A slot that is not named has begun no task at all. */
        public record Begun(int slotId, int generation, int sequence) {}

        public Goodbye {
            begun = begun.filter(calls -> calls.size() <= MAX_BEGUN).map(List::copyOf);
        }
    }

    /**
     * What the runner has logged.
     *
     * @param dropped events that were left out
     * @param batch count and events, which are not looked at here; empty when it is only said that there will be some
     */
    record Log(long dropped, byte[] batch) implements ControlFrame {
        @Override
        public String toString() {
            return "Log[" + batch.length + " bytes]";
        }
    }

    /** The whole frame, ready to be sent. */
    default ByteBuffer encode() {
        ByteWriter out = new ByteWriter();
        out.writeInt(0);
        write(out);
        ByteBuffer frame = ByteBuffer.wrap(out.toByteArray());
        if (frame.remaining() - 4 > Protocol.MAX_CONTROL_FRAME) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + " of " + frame.remaining() + " bytes is too long for a control frame");
        }
        return frame.putInt(0, frame.remaining() - 4);
    }

    private void write(ByteWriter out) {
        if (this instanceof Welcome welcome) {
            out.writeByte(1);
            out.write(welcome.slotKey, 0, Protocol.SECRET_LENGTH);
            out.writeVarInt(welcome.maxConcurrency);
            out.writeVarLong(welcome.heartbeatMillis);
            out.writeVarLong(welcome.shutdownMillis);
            out.writeVarLong(welcome.interruptGraceMillis);
            out.writeString(welcome.codecClass);
            out.writeString(welcome.initializerClass);
            out.writeVarInt(welcome.propagatorClasses.size());
            welcome.propagatorClasses.forEach(out::writeString);
            out.writeBoolean(welcome.forwardLogs);
        } else if (this instanceof Reject reject) {
            text(out, 2, reject.message);
        } else if (this instanceof ParentHeartbeat) {
            out.writeByte(3);
        } else if (this instanceof OpenSlot open) {
            out.writeByte(4);
            out.writeVarInt(open.slotId);
        } else if (this instanceof SlotClosed closed) {
            out.writeByte(5);
            out.writeVarInt(closed.slotId);
            out.writeVarInt(closed.generation);
            out.writeByte((closed.interrupt ? 1 : 0) | (closed.discard ? 2 : 0));
        } else if (this instanceof Shutdown shutdown) {
            out.writeByte(6);
            out.writeVarLong(shutdown.graceMillis);
        } else if (this instanceof Check check) {
            out.writeByte(7);
            out.writeVarInt(check.checkId);
            out.write(check.task, 0, check.task.length);
        } else {
            writeOfRunner(out);
        }
    }

    private void writeOfRunner(ByteWriter out) {
        if (this instanceof RunnerHeartbeat) {
            out.writeByte(16);
        } else if (this instanceof Draining draining) {
            text(out, 17, draining.why);
        } else if (this instanceof Condemned condemned) {
            out.writeByte(18);
            out.writeVarInt(condemned.slotId);
            out.writeString(cut(condemned.why));
        } else if (this instanceof CheckAnswer answer) {
            out.writeByte(19);
            out.writeVarInt(answer.checkId);
            out.writeByte(answer.answer);
            out.writeString(cut(answer.failure));
        } else if (this instanceof InitFailed failed) {
            out.writeByte(20);
            out.writeString(cut(failed.message, MAX_REPORT));
            out.writeString(cut(failed.trace, MAX_TRACE));
        } else if (this instanceof Log log) {
            out.writeByte(22);
            out.writeVarLong(log.dropped);
            out.write(log.batch, 0, log.batch.length);
        } else if (this instanceof Goodbye goodbye) {
            text(out, 21, goodbye.why);
            out.writeVarInt(goodbye.begun.map(calls -> calls.size() + 1).orElse(0));
            for (Goodbye.Begun call : goodbye.begun.orElse(List.of())) {
                out.writeVarInt(call.slotId);
                out.writeVarInt(call.generation);
                out.writeVarInt(call.sequence);
            }
        }
    }

    /** Takes one frame from the front of a buffer, or returns null when it does not hold a whole one yet. */
    static @Nullable ControlFrame decode(ByteBuffer in) throws IOException {
        if (in.remaining() < 4) {
            return null;
        }
        int length = in.getInt(in.position());
        if (length < 1 || length > Protocol.MAX_CONTROL_FRAME) {
            throw new IOException("malformed control frame: length " + length);
        }
        if (in.remaining() < 4 + length) {
            return null;
        }
        byte[] body = new byte[length];
        in.position(in.position() + 4);
        in.get(body);
        ByteReader reader = new ByteReader(body);
        ControlFrame frame = read(reader.readByte(), reader);
        if (reader.remaining() != 0) {
            throw new IOException("malformed control frame: bytes left over");
        }
        return frame;
    }

    private static ControlFrame read(int type, ByteReader in) throws IOException {
        return switch (type) {
            case 1 ->
                new Welcome(
                        bytes(in, Protocol.SECRET_LENGTH),
                        in.readVarInt(),
                        in.readVarLong(),
                        in.readVarLong(),
                        in.readVarLong(),
                        in.readString(),
                        in.readString(),
                        classes(in),
                        in.readBoolean());
            case 2 -> new Reject(clause(in));
            case 3 -> new ParentHeartbeat();
            case 4 -> new OpenSlot(in.readVarInt());
            case 5 -> {
                int slotId = in.readVarInt();
                int generation = in.readVarInt();
                int flags = in.readByte();
                yield new SlotClosed(slotId, generation, (flags & 1) != 0, (flags & 2) != 0);
            }
            case 6 -> new Shutdown(in.readVarLong());
            case 7 -> new Check(in.readVarInt(), bytes(in, (int) in.remaining()));
            case 16 -> new RunnerHeartbeat();
            case 17 -> new Draining(clause(in));
            case 18 -> new Condemned(in.readVarInt(), clause(in));
            case 19 -> new CheckAnswer(in.readVarInt(), in.readByte(), clause(in));
            case 20 -> new InitFailed(paragraph(in, MAX_REPORT), paragraph(in, MAX_TRACE));
            case 21 -> new Goodbye(clause(in), readBegun(in));
            case 22 -> new Log(in.readVarLong(), bytes(in, (int) in.remaining()));
            default -> throw new IOException("malformed control frame: type " + type);
        };
    }

    private static Optional<List<Goodbye.Begun>> readBegun(ByteReader in) throws IOException {
        int count = in.readVarInt() - 1;
        if (count > Goodbye.MAX_BEGUN) {
            throw new IOException("malformed control frame: " + count + " calls");
        }
        List<Goodbye.Begun> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(new Goodbye.Begun(in.readVarInt(), in.readVarInt(), in.readVarInt()));
        }
        return count < 0 ? Optional.empty() : Optional.of(calls);
    }

    private static List<String> classes(ByteReader in) throws IOException {
        int count = in.readVarInt();
        if (count < 0 || count > MAX_CLASSES) {
            throw new IOException("malformed control frame: " + count + " classes");
        }
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(in.readString());
        }
        return names;
    }

    private static byte[] bytes(ByteReader in, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes, 0, length);
        return bytes;
    }

    /** Made fit for the log here, so that nobody who uses it can forget that. */
    private static String clause(ByteReader in) throws IOException {
        return LogText.oneLine(in.readString(), MAX_CLAUSE);
    }

    private static String paragraph(ByteReader in, int max) throws IOException {
        // What was cut off is named by two more characters.
        return LogText.paragraph(in.readString(), max + 2);
    }

    private static void text(ByteWriter out, int type, String text) {
        out.writeByte(type);
        out.writeString(cut(text));
    }

    private static String cut(String text) {
        return cut(text, MAX_TEXT);
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max) + " …";
    }
}
