package io.flame4j.internal.link;

import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection that has not said who it is. Belongs to the listener's thread. */
final class Stranger {

    private final SocketChannel channel;
    private final long deadline;

    /** Asked for at once, since a connection that is closed does not tell. */
    private final String peer;

    private final ByteBuffer in = ByteBuffer.allocate(Protocol.MAX_HELLO);
    private @Nullable Hello hello;

    Stranger(SocketChannel channel, long deadline) {
        this.channel = channel;
        this.deadline = deadline;
        this.peer = peerOf(channel);
    }

    /** Empty when there is nothing to tell: the ends of Unix-domain sockets that dial have no address. */
    private static String peerOf(SocketChannel channel) {
        try {
            return String.valueOf(channel.getRemoteAddress());
        } catch (IOException e) {
            // It is gone already; there is nothing to tell of it.
            return "";
        }
    }

    SocketChannel channel() {
        return channel;
    }

    /** Its address for logs, or an empty string. */
    String peer() {
        return peer;
    }

    long deadline() {
        return deadline;
    }

    /** Reads what is there; true when the hello is complete. */
    boolean read() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("it closed the connection before it said who it is");
        }
        in.flip();
        try {
            hello = Hello.decode(in);
        } catch (Hello.MalformedHelloException e) {
            if (e.isFlame()) {
                RunnerListener.reject(channel, String.valueOf(e.getMessage()));
            }
            throw e;
        }
        if (hello != null && in.hasRemaining()) {
            throw new IOException("it sent more than its hello before it was let in");
        }
        in.compact();
        return hello != null;
    }

    Hello hello() {
        return Objects.requireNonNull(hello);
    }
}
