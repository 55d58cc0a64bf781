package io.flame4j.internal.runner;

import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The control connection. The control thread alone reads; any thread may write, one at a time under {@code writing}.
 * {@link #close()} may come from any thread and wakes them all.
 */
final class ControlLink {

    private final ByteChannel channel;
    private final Clock clock;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile long lastSent;
    private volatile long lastHeard;

    /** Belongs to the control thread; between position and limit is what was read but not looked at. */
    private ByteBuffer in = ByteBuffer.allocate(1024).limit(0);

    ControlLink(ByteChannel channel, Clock clock) {
        this.channel = channel;
        this.clock = clock;
        lastSent = clock.nanos();
        lastHeard = lastSent;
    }

    /** When anything was last sent. */
    long lastSent() {
        return lastSent;
    }

    /** When anything was last heard from the parent. */
    long lastHeard() {
        return lastHeard;
    }

    /**
     * Sends a frame. A broken connection swallows it: the control thread finds out and reports it once.
     *
     * @return whether it went out
     */
    boolean send(ControlFrame frame) {
        return write(frame.encode());
    }

    /**
     * Sends a heartbeat, unless another thread is sending something, which tells the parent as much. So whoever looks after
     * deadlines does not wait here for a parent that is slow to read a runner's log.
     */
    void beat() {
        if (writing.tryLock()) {
            try {
                write(new ControlFrame.RunnerHeartbeat().encode());
            } finally {
                writing.unlock();
            }
        }
    }

    /** Sends bytes, whatever the interrupt state of this thread, which would close the channel. */
    boolean write(ByteBuffer bytes) {
        boolean interrupted = Thread.interrupted();
        writing.lock();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            lastSent = clock.nanos();
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            writing.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits for the next frame.
     *
     * @return the frame, or null when the parent closed the connection
     * @throws IOException when the connection broke, or the bytes are malformed
     */
    @Nullable
    ControlFrame receive() throws IOException {
        while (true) {
            ControlFrame frame = ControlFrame.decode(in);
            if (frame != null) {
                return frame;
            }
            makeRoom();
            int read;
            try {
                read = channel.read(in);
            } finally {
                in.flip();
            }
            if (read < 0) {
                return null;
            }
            lastHeard = clock.nanos();
        }
    }

    /** Leaves the buffer ready to be filled. It grows no further than a whole frame, whose bound decode() checks. */
    private void makeRoom() {
        if (in.remaining() == in.capacity()) {
            int larger = Math.min(in.capacity() * 8, 4 + Protocol.MAX_CONTROL_FRAME);
            in = ByteBuffer.allocate(larger).put(in);
        } else {
            in.compact();
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            RunnerLog.LOG.debug("Closing the control connection failed: {}", e.toString());
        }
    }
}
