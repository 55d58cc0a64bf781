package io.flame4j.internal.link;

import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.Protocol;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner's control connection, non-blocking. {@link #send} may be called by any thread and never blocks: what the
 * socket does not take waits in a queue that the listener's thread empties. {@code lock} guards the queue and the
 * writing; everything about reading belongs to the listener's thread.
 */
public final class ControlChannel {

    private static final Logger LOG = LoggerFactory.getLogger(ControlChannel.class);

    /** A runner that lets so much pile up is not reading, and its heartbeat will tell. */
    private static final int MAX_QUEUED_BYTES = 4 * 1024 * 1024;

    private final ByteChannel channel;
    private final SelectionKey key;
    private final Admission.Host host;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
    private int unsentBytes;
    private volatile boolean sentSinceBeat;

    private ByteBuffer in = ByteBuffer.allocate(512);
    private long lastHeard;
    private long nextBeat;

    ControlChannel(ByteChannel channel, SelectionKey key, Admission.Host host, long now) {
        this.channel = channel;
        this.key = key;
        this.host = host;
        this.lastHeard = now;
        this.nextBeat = now;
    }

    /**
     * Sends a frame, or leaves it to the listener's thread when the socket is full. A connection that is closed, or not
     * read by the other side, swallows it: its end is reported by {@link RunnerEndpoint#onControlClosed}.
     */
    public void send(ControlFrame frame) {
        ByteBuffer bytes = frame.encode();
        lock.lock();
        try {
            sentSinceBeat = true;
            if (unsentBytes > MAX_QUEUED_BYTES || !channel.isOpen()) {
                return;
            }
            if (unsent.isEmpty()) {
                channel.write(bytes);
            }
            if (bytes.hasRemaining()) {
                unsent.add(bytes);
                unsentBytes += bytes.remaining();
            }
            if (bytes.hasRemaining() || !LayeredChannel.flush(channel)) {
                key.interestOpsOr(SelectionKey.OP_WRITE);
                key.selector().wakeup();
            }
        } catch (IOException | CancelledKeyException e) {
            // The listener's thread finds the same when it reads, and reports it once.
            unsent.clear();
        } finally {
            lock.unlock();
        }
    }

    RunnerEndpoint endpoint() {
        return host.endpoint();
    }

    RunnerPort port() {
        return host.port();
    }

    long heartbeatNanos() {
        return host.port().heartbeatNanos();
    }

    long lastHeard() {
        return lastHeard;
    }

    /** Gives the runner more time, because this process was itself stopped. */
    void forgive(long now) {
        lastHeard = Math.max(lastHeard, now - 2 * heartbeatNanos());
    }

    /**
     * Sends a heartbeat, about twice in each heartbeat period, when nothing else was sent since the last time.
     *
     * @param period when this will be called again, at the latest
     */
    void beat(long now, long period) {
        if (nextBeat - now > period / 2) {
            return;
        }
        nextBeat = now + heartbeatNanos() / 2;
        if (sentSinceBeat) {
            sentSinceBeat = false;
        } else {
            send(new ControlFrame.ParentHeartbeat());
            sentSinceBeat = false;
        }
    }

    /** Writes what is queued; called when the socket takes bytes again. */
    void flush() throws IOException {
        lock.lock();
        try {
            for (ByteBuffer next = unsent.peek(); next != null; next = unsent.peek()) {
                unsentBytes -= channel.write(next);
                if (next.hasRemaining()) {
                    return;
                }
                unsent.remove();
            }
            if (!LayeredChannel.flush(channel)) {
                return;
            }
            key.interestOpsAnd(~SelectionKey.OP_WRITE);
        } finally {
            lock.unlock();
        }
    }

    /** Reads what is there and hands out whole frames. */
    void read(long now) throws IOException {
        do {
            readOnce(now);
        } while (LayeredChannel.hasInput(channel) && key.isValid());
    }

    private void readOnce(long now) throws IOException {
        int count = channel.read(in);
        if (count < 0) {
            throw new EOFException("the runner closed its control connection");
        }
        lastHeard = now;
        in.flip();
        for (ControlFrame frame = next(); frame != null; frame = next()) {
            host.endpoint().onFrame(frame);
        }
        if (in.position() == 0 && in.limit() == in.capacity()) {
            // Not a whole frame although the buffer is full: a long one, whose bound decode() has checked.
            in = ByteBuffer.allocate(Math.min(in.capacity() * 4, 4 + Protocol.MAX_CONTROL_FRAME))
                    .put(in);
        } else {
            in.compact();
        }
    }

    private @Nullable ControlFrame next() throws IOException {
        return ControlFrame.decode(in);
    }

    /** Closes the connection; the listener's thread will not report it. Any thread, idempotent. */
    public void close() {
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Closing a control connection failed: {}", e.toString());
        } finally {
            key.selector().wakeup();
        }
    }
}
