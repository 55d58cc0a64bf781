package io.flame4j.internal.wire;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The first bytes that a runner sends on a connection. They are read before anything is trusted. */
public sealed interface Hello {

    int PREAMBLE = 8;

    /** The first byte of one who would speak TLS. */
    byte TLS_HANDSHAKE = 22;

    String runnerId();

    /**
     * Opens the control connection.
     *
     * @param runnerId the runner
     * @param token from its ticket
     * @param version its version of flame4j
     * @param javaVersion its Java feature version
     * @param pid its process
     */
    record Control(String runnerId, byte[] token, String version, int javaVersion, long pid) implements Hello {
        @Override
        public String toString() {
            return "Hello.Control[runner=" + runnerId + "]";
        }
    }

    /**
     * Opens a slot connection.
     *
     * @param runnerId the runner
     * @param slotId the slot
     * @param generation how many connections the slot has had before
     * @param slotKey from WELCOME
     */
    record Slot(String runnerId, int slotId, int generation, byte[] slotKey) implements Hello {
        @Override
        public String toString() {
            return "Hello.Slot[runner=" + runnerId + ", slot=" + slotId + ", generation=" + generation + "]";
        }
    }

    /** Bytes that are not a hello of this protocol; what they were is not repeated. */
    final class MalformedHelloException extends IOException {
        private static final long serialVersionUID = 1L;

        /** What is wrong. */
        public enum Fault {
            NOT_FLAME,
            TLS,
            VERSION,
            BODY
        }

        private final Fault fault;

        MalformedHelloException(String message, Fault fault) {
            super(message);
            this.fault = fault;
        }

        public Fault fault() {
            return fault;
        }

        /** Whether the peer speaks some version of this protocol, so that a REJECT frame would be understood. */
        public boolean isFlame() {
            return fault == Fault.VERSION || fault == Fault.BODY;
        }
    }

    default ByteBuffer encode() {
        ByteWriter body = new ByteWriter();
        body.writeString(runnerId());
        int kind;
        if (this instanceof Control control) {
            kind = Protocol.KIND_CONTROL;
            body.write(control.token(), 0, Protocol.SECRET_LENGTH);
            body.writeString(control.version());
            body.writeVarInt(control.javaVersion());
            body.writeVarLong(control.pid());
        } else {
            Slot slot = (Slot) this;
            kind = Protocol.KIND_SLOT;
            body.writeVarInt(slot.slotId());
            body.writeVarInt(slot.generation());
            body.write(slot.slotKey(), 0, Protocol.SECRET_LENGTH);
        }
        ByteBuffer frame = ByteBuffer.allocate(PREAMBLE + (int) body.size());
        frame.putInt(Protocol.MAGIC);
        frame.put((byte) Protocol.VERSION);
        frame.put((byte) kind);
        frame.putShort((short) body.size());
        body.putInto(frame);
        return frame.flip();
    }

    /**
     * Reads a hello from the front of a buffer, or returns null when more bytes are needed. Refuses at the first byte
     * that cannot be right.
     */
    static @Nullable Hello decode(ByteBuffer in) throws IOException {
        if (!isFlame(in)) {
            throw in.get(in.position()) == TLS_HANDSHAKE
                    ? new MalformedHelloException(
                            "it speaks TLS, which is off at this port", MalformedHelloException.Fault.TLS)
                    : new MalformedHelloException(
                            "not a flame4j runner: wrong first bytes", MalformedHelloException.Fault.NOT_FLAME);
        }
        if (in.remaining() < PREAMBLE) {
            return null;
        }
        int version = in.get(in.position() + 4) & 0xFF;
        if (version != Protocol.VERSION) {
            throw new MalformedHelloException(
                    "protocol version " + version + " is not " + Protocol.VERSION
                            + ": runner and parent must use the same version of flame4j",
                    MalformedHelloException.Fault.VERSION);
        }
        int kind = in.get(in.position() + 5);
        int length = in.getShort(in.position() + 6) & 0xFFFF;
        if (length > Protocol.MAX_HELLO - PREAMBLE || kind != Protocol.KIND_CONTROL && kind != Protocol.KIND_SLOT) {
            throw new MalformedHelloException("malformed hello", MalformedHelloException.Fault.BODY);
        }
        if (in.remaining() < PREAMBLE + length) {
            return null;
        }
        in.position(in.position() + PREAMBLE);
        byte[] body = new byte[length];
        in.get(body);
        try {
            return decodeBody(kind, new ByteReader(body));
        } catch (IOException e) {
            // What exactly was wrong would repeat bytes of the peer, which may be next to its secret.
            throw new MalformedHelloException("malformed hello", MalformedHelloException.Fault.BODY);
        }
    }

    /** Whether the first bytes, as many of them as are there, are those of this protocol. */
    static boolean isFlame(ByteBuffer in) {
        for (int i = 0; i < Math.min(4, in.remaining()); i++) {
            if (in.get(in.position() + i) != (byte) (Protocol.MAGIC >>> 24 - 8 * i)) {
                return false;
            }
        }
        return true;
    }

    private static Hello decodeBody(int kind, ByteReader body) throws IOException {
        String runnerId = body.readString();
        byte[] secret = new byte[Protocol.SECRET_LENGTH];
        Hello hello;
        if (kind == Protocol.KIND_CONTROL) {
            body.readFully(secret, 0, secret.length);
            hello = new Control(runnerId, secret, body.readString(), body.readVarInt(), body.readVarLong());
        } else {
            int slotId = body.readVarInt();
            int generation = body.readVarInt();
            body.readFully(secret, 0, secret.length);
            hello = new Slot(runnerId, slotId, generation, secret);
        }
        if (body.remaining() != 0) {
            throw new IOException("bytes left over");
        }
        return hello;
    }
}
