package io.flame4j.internal.link;

import io.flame4j.internal.closure.KnownShapes;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.SlotConnection;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One unit of concurrency on a runner. {@code state} and the replacing of {@code line} are guarded by the lock of its
 * {@link RunnerSlots}; whoever has taken the slot uses the line.
 */
public final class Slot {

    /** What becomes of a slot; see {@link RunnerSlots} for the moves. */
    enum State {
        /** The runner was asked to dial it. */
        DIALING,
        FREE,
        TAKEN,
        /** Given up on; free again when the runner has dialled it anew. */
        REDIALING,
        /** As before, but it goes back to the one who keeps it. */
        REDIALING_FOR_HOLDER
    }

    /** No time limit. */
    public static final long NEVER = Long.MAX_VALUE;

    final int id;
    State state = State.DIALING;
    /** The holder let go while the runner was dialling: throw away what the slot keeps as soon as it is back. */
    boolean discardWhenBack;

    /** Written by the one who has taken the slot, read when it is free again. */
    private volatile boolean held;

    private volatile @Nullable Line line;

    Slot(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    /** The present connection. Only the one who has taken the slot may use it; it may be replaced at any time. */
    public Line line() {
        Line current = line;
        if (current == null) {
            throw new IllegalStateException("slot " + id + " was never connected");
        }
        return current;
    }

    /** The present connection, if it has had one. */
    public @Nullable Line lineOrNull() {
        return line;
    }

    void line(Line replacement) {
        line = replacement;
    }

    /** Notes that something lives on in the slot. */
    public void markHeld() {
        held = true;
    }

    /** Takes that note back; says whether there was one. */
    boolean clearHeld() {
        boolean was = held;
        held = false;
        return was;
    }

    /** A connection of a slot, with what the runner at its other end has been told. */
    public static final class Line implements Closeable {

        private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

        private final int slotId;
        private final int generation;
        private final ByteChannel channel;
        private final SlotConnection connection;
        private final KnownShapes known = new KnownShapes();
        private int sequence;
        private boolean everUsed;
        private long lastUsed;

        /** The monitor guards the next four; {@code deadline} is also read without it, to find the earliest. */
        private @Nullable Object user;

        private volatile long deadline = NEVER;
        private boolean overdue;
        private boolean spoiled;

        Line(int slotId, int generation, ByteChannel channel, long maxBody) {
            this.slotId = slotId;
            this.generation = generation;
            this.channel = channel;
            this.connection = new SlotConnection(channel, maxBody, false);
        }

        int generation() {
            return generation;
        }

        public SlotConnection connection() {
            return connection;
        }

        public KnownShapes known() {
            return known;
        }

        /**
         * Whether the last call sent here came after this one of the same runner.
         *
         * @param id a slot
         * @param itsGeneration a connection of that slot
         * @param itsSequence a call on that connection
         */
        public boolean isBeyond(int id, int itsGeneration, int itsSequence) {
            return slotId != id || generation > itsGeneration || generation == itsGeneration && sequence > itsSequence;
        }

        /** The number of the next call on this connection. */
        public int nextSequence() {
            return ++sequence;
        }

        /** Notes that it was good at this time. */
        public void used(long now) {
            everUsed = true;
            lastUsed = now;
        }

        /**
         * Whether the other side has closed it. Costs three system calls, so it is only asked of a connection that has
         * not been used yet, or not for a while; it makes the window small in which a call is sent to a runner that is gone.
         */
        public boolean isDead(long now, long unusedNanos) {
            if (everUsed && now - lastUsed < unusedNanos) {
                return false;
            }
            try {
                SocketChannel socket = LayeredChannel.socketOf(channel);
                socket.configureBlocking(false);
                int read = channel.read(ByteBuffer.allocate(1));
                socket.configureBlocking(true);
                return read != 0;
            } catch (IOException e) {
                LOG.debug("An idle slot connection is dead: {}", e.toString());
                return true;
            }
        }

        /** A call begins; until {@link #end()} it may be cut short by the two methods after that. */
        public synchronized void begin(Object call, long callDeadline) {
            user = call;
            deadline = callDeadline;
        }

        /** The call is over, one way or the other. */
        public synchronized void end() {
            user = null;
            deadline = NEVER;
        }

        /** Closes the connection if this call is still on it, and no other one has taken its place. */
        public synchronized void cutShort(Object call) {
            if (user == call) {
                spoil();
            }
        }

        /**
         * Closes the connection if the deadline of its call has passed.
         *
         * @return when to look again
         */
        public long watch(long now) {
            long due = deadline;
            if (due > now) {
                return due;
            }
            synchronized (this) {
                // It may be another call's by now.
                if (deadline <= now) {
                    deadline = NEVER;
                    overdue = true;
                    spoil();
                }
                return deadline;
            }
        }

        /** Closes the connection under its call: no other can use it. */
        public synchronized void spoil() {
            spoiled = true;
            close();
        }

        /** Whether the deadline of its call was what closed it. */
        public synchronized boolean isOverdue() {
            return overdue;
        }

        /** Whether it was closed under its call, which may have been answered all the same. */
        public synchronized boolean isSpoiled() {
            return spoiled;
        }

        /** Whether a call is on it. */
        synchronized boolean isUsed() {
            return user != null;
        }

        /** Closes it, unless a call is on it: then it is false. */
        synchronized boolean closeUnlessUsed() {
            if (user != null) {
                return false;
            }
            close();
            return true;
        }

        /** Wakes whoever reads or writes on it. Any thread, idempotent. */
        @Override
        public void close() {
            try {
                connection.close();
            } catch (IOException e) {
                LOG.debug("Closing a slot connection failed: {}", e.toString());
            }
        }
    }
}
