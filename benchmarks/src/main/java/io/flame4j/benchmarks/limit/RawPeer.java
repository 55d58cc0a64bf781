package io.flame4j.benchmarks.limit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * The other JVM of the bare measures. Dials so many connections, each with a thread that answers on it until the other
 * side closes; it ends with the last of them, so it cannot outlive the JVM that started it.
 */
final class RawPeer {

    /** What a connection is used for: the first byte on it. */
    enum Mode {
        /** Returns each 64 bytes. */
        PING('p'),
        /** Returns an array, once all of it has come, after its length. */
        ECHO('e'),
        /** Runs JDK-serialized tasks. */
        SOCK('s');

        final byte code;

        Mode(char code) {
            this.code = (byte) code;
        }

        static Mode of(byte code) throws IOException {
            for (Mode mode : values()) {
                if (mode.code == code) {
                    return mode;
                }
            }
            throw new IOException("no mode " + code);
        }
    }

    private RawPeer() {}

    /** Arguments: the address and the number of connections. */
    public static void main(String[] args) throws IOException {
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            ByteChannel channel = Transport.dial(args[0]);
            new Thread(() -> serve(channel), "peer-" + i).start();
        }
    }

    private static void serve(ByteChannel channel) {
        try (channel) {
            ByteBuffer first = ByteBuffer.allocate(1);
            Frames.readFully(channel, first);
            switch (Mode.of(first.get(0))) {
                case PING -> ping(channel);
                case ECHO -> echo(channel);
                case SOCK -> sock(channel);
            }
        } catch (EOFException e) {
            // The other side is done.
        } catch (Exception e) {
            System.err.println("bare peer: " + e);
        }
    }

    private static void ping(ByteChannel channel) throws IOException {
        ByteBuffer frame = ByteBuffer.allocateDirect(Frames.PING);
        while (true) {
            Frames.readFully(channel, frame.clear());
            Frames.writeFully(channel, frame.flip());
        }
    }

    private static void echo(ByteChannel channel) throws IOException {
        ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES);
        while (true) {
            Frames.readFully(channel, length.clear());
            byte[] array = Frames.readArray(channel, length.getInt(0));
            Frames.writeFully(channel, length.flip());
            Frames.writeArray(channel, array);
        }
    }

    private static void sock(ByteChannel channel) throws Exception {
        Serialization messages = new Serialization(channel);
        while (true) {
            if (messages.read() instanceof Serialization.Task task) {
                messages.write(task.run());
            }
        }
    }
}
