package io.flame4j.internal.wire;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;

/**
 * Bytes over a socket that something in between turns into others, and may keep back for a while. What goes over the
 * wire as it is, is a {@link SocketChannel} itself and costs nothing; the static methods take either.
 */
public interface LayeredChannel extends ByteChannel {

    /** The socket, whose blocking mode is this channel's too. */
    SocketChannel socket();

    /** Whether bytes may be read without asking the socket, so that a selector does not know of them. */
    boolean hasInput();

    /**
     * Sends what was kept back.
     *
     * @return whether nothing is left, which is so in blocking mode
     */
    boolean flush() throws IOException;

    /** The socket under a channel of either kind. */
    static SocketChannel socketOf(ByteChannel channel) {
        return channel instanceof LayeredChannel layered ? layered.socket() : (SocketChannel) channel;
    }

    /** {@link #hasInput()}, which a socket has never. */
    static boolean hasInput(ByteChannel channel) {
        return channel instanceof LayeredChannel layered && layered.hasInput();
    }

    /** {@link #flush()}, which a socket does by itself. */
    static boolean flush(ByteChannel channel) throws IOException {
        return !(channel instanceof LayeredChannel layered) || layered.flush();
    }
}
