package io.flame4j.internal.link;

import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import java.nio.channels.ByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The slot connections of one runner. The scheduler has already granted a slot to whoever comes here, so there is
 * always one free, being dialled, or still to be asked for.
 *
 * <p>The runner keeps a slot until its task has ended, whatever the caller does: a slot that was given up on is free
 * only when the runner has dialled it anew.
 *
 * <p>Thread-safe. {@code lock} guards all fields and the states of the slots; nothing is sent, closed or called back
 * under it.
 */
public final class RunnerSlots {

    private static final long UNASKED_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier clock;
    private final long maxBody;
    private final Consumer<ControlFrame> control;
    private final Recovery recovery;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition becameFree = lock.newCondition();
    private final Condition cameBack = lock.newCondition();
    private final Condition callEnded = lock.newCondition();
    private final ArrayDeque<Slot> free = new ArrayDeque<>();
    private volatile List<Slot> all = List.of();
    private int waiting;
    private int dialing = 1;
    private boolean closed;

    /** Calls that have ended since this was closed. */
    private int ended;

    private int unasked;
    private long unaskedSince;

    /** Hears of slots that were given up on and are free again. */
    @FunctionalInterface
    public interface Recovery {
        /**
         * One is free again, and may be taken already.
         *
         * @param wasHeld whether something lived on in it ({@link Slot#markHeld()}) when it was given up on
         */
        void slotRecovered(boolean wasHeld);
    }

    /**
     * Begins with slot 0, which the runner dials unasked.
     *
     * @param clock monotonic nanoseconds
     * @param maxBody longest accepted answer
     * @param control sends to the runner
     * @param recovery hears of slots that were given up on and are free again
     */
    public RunnerSlots(LongSupplier clock, long maxBody, Consumer<ControlFrame> control, Recovery recovery) {
        this.clock = clock;
        this.maxBody = maxBody;
        this.control = control;
        this.recovery = recovery;
        all = List.of(new Slot(0));
    }

    /** Every slot there is; for the watch over deadlines. */
    public List<Slot> all() {
        return all;
    }

    /**
     * Takes a free slot; when none is connected, asks the runner to dial one and waits for it.
     *
     * @param deadline when to stop waiting
     * @return the slot, or null when the runner is lost or the deadline has passed
     * @throws InterruptedException when interrupted while waiting
     */
    public @Nullable Slot take(long deadline) throws InterruptedException {
        lock.lock();
        try {
            Slot slot = closed ? null : free.pollFirst();
            if (slot != null) {
                slot.state = Slot.State.TAKEN;
                return slot;
            }
            return awaitFree(deadline);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Slot awaitFree(long deadline) throws InterruptedException {
        waiting++;
        try {
            while (!closed) {
                Slot slot = free.pollFirst();
                if (slot != null) {
                    slot.state = Slot.State.TAKEN;
                    return slot;
                }
                if (dialing < waiting) {
                    askForOne();
                    continue;
                }
                long rest = deadline == Slot.NEVER ? Long.MAX_VALUE : deadline - clock.getAsLong();
                if (rest <= 0) {
                    return null;
                }
                becameFree.awaitNanos(rest);
            }
            return null;
        } finally {
            waiting--;
        }
    }

    /** Lets go of the lock for the sending; the caller looks at everything anew. */
    private void askForOne() {
        Slot slot = new Slot(all.size());
        List<Slot> longer = new ArrayList<>(all);
        longer.add(slot);
        all = List.copyOf(longer);
        dialing++;
        lock.unlock();
        try {
            control.accept(new ControlFrame.OpenSlot(slot.id));
        } finally {
            lock.lock();
        }
    }

    /** Puts a slot back whose call has been answered. */
    public void giveBack(Slot slot) {
        boolean over;
        lock.lock();
        try {
            over = closed;
            if (!over) {
                makeFree(slot);
            }
        } finally {
            lock.unlock();
        }
        if (over) {
            slot.line().close();
            noteEnd();
        }
    }

    /**
     * Gives up on the call that is under way: closes its connection and tells the runner.
     *
     * @param slot the slot
     * @param line the connection that the call used
     * @param interrupt whether the task is to be interrupted
     * @param discard whether the runner is to throw away what the slot keeps
     */
    public void abandon(Slot slot, Slot.Line line, boolean interrupt, boolean discard) {
        leave(slot, line, interrupt, discard, Slot.State.REDIALING);
    }

    /** As {@link #abandon}, but the slot comes back to the one who keeps it; see {@link #awaitBack}. */
    public void abandonKept(Slot slot, Slot.Line line, boolean interrupt) {
        leave(slot, line, interrupt, false, Slot.State.REDIALING_FOR_HOLDER);
    }

    private void leave(Slot slot, Slot.Line line, boolean interrupt, boolean discard, Slot.State next) {
        line.close();
        boolean recovered = false;
        boolean wasHeld = false;
        lock.lock();
        try {
            if (closed) {
                ended++;
                callEnded.signalAll();
                return;
            }
            if (slot.line() == line) {
                // Once it was given up for good, no call that was on it can have it back.
                if (slot.state != Slot.State.REDIALING) {
                    slot.state = next;
                }
            } else if (next == Slot.State.REDIALING) {
                // The runner noticed first and has dialled again already: its task has ended.
                wasHeld = slot.clearHeld();
                makeFree(slot);
                recovered = true;
            }
        } finally {
            lock.unlock();
        }
        control.accept(new ControlFrame.SlotClosed(slot.id, line.generation(), interrupt, discard));
        if (recovered) {
            recovery.slotRecovered(wasHeld);
        }
    }

    /**
     * Waits until a kept slot is connected.
     *
     * @return its connection, or null when the runner is lost or the deadline has passed
     * @throws InterruptedException when interrupted while waiting
     */
    public Slot.@Nullable Line awaitBack(Slot slot, long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                if (slot.state == Slot.State.TAKEN) {
                    return slot.line();
                }
                long rest = deadline == Slot.NEVER ? Long.MAX_VALUE : deadline - clock.getAsLong();
                if (rest <= 0) {
                    return null;
                }
                cameBack.awaitNanos(rest);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the keeping of a slot: interrupts what runs on it and throws away what the runner keeps there. */
    public void discard(Slot slot) {
        Slot.Line line;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (slot.state == Slot.State.REDIALING_FOR_HOLDER) {
                slot.discardWhenBack = true;
                return;
            }
            line = slot.line();
        } finally {
            lock.unlock();
        }
        abandon(slot, line, true, true);
    }

    /** A connection that the runner has dialled and proved. Takes over the channel. */
    public void attach(Hello.Slot hello, ByteChannel channel) {
        Slot.Line line = new Slot.Line(hello.slotId(), hello.generation(), channel, maxBody);
        Slot.Line replaced = line;
        boolean recovered = false;
        boolean wasHeld = false;
        boolean discard = false;
        Slot slot = null;
        lock.lock();
        try {
            slot = hello.slotId() >= 0 && hello.slotId() < all.size() ? all.get(hello.slotId()) : null;
            Slot.Line present = slot == null ? null : slot.lineOrNull();
            if (!closed
                    && slot != null
                    && (present == null || present.generation() < hello.generation())
                    && (isAwaited(slot) || mayDialUnasked())) {
                replaced = present;
                slot.line(line);
                discard = slot.discardWhenBack;
                recovered = slot.state == Slot.State.REDIALING;
                // Here and not later: once it is free, somebody else may take it and hold it.
                wasHeld = recovered && slot.clearHeld();
                attached(slot);
            }
        } finally {
            lock.unlock();
        }
        if (replaced != null) {
            replaced.close();
        }
        if (discard && slot != null) {
            abandon(slot, line, false, true);
        } else if (recovered) {
            recovery.slotRecovered(wasHeld);
        }
    }

    private static boolean isAwaited(Slot slot) {
        return slot.state != Slot.State.FREE && slot.state != Slot.State.TAKEN;
    }

    /** Under the lock. A connection that broke is dialled anew unasked; not again and again, by an honest runner. */
    private boolean mayDialUnasked() {
        long now = clock.getAsLong();
        if (unasked == 0 || now - unaskedSince >= UNASKED_PERIOD_NANOS) {
            unaskedSince = now;
            unasked = 0;
        }
        unasked++;
        return unasked <= 2 * all.size() + 10;
    }

    private void attached(Slot slot) {
        switch (slot.state) {
            case DIALING -> {
                dialing--;
                makeFree(slot);
            }
            case REDIALING -> makeFree(slot);
            case REDIALING_FOR_HOLDER -> {
                slot.state = Slot.State.TAKEN;
                slot.discardWhenBack = false;
                cameBack.signalAll();
            }
            case FREE, TAKEN -> {
                // Dialled anew because the runner found the connection broken: whoever uses the old one finds out.
            }
        }
    }

    private void makeFree(Slot slot) {
        slot.state = Slot.State.FREE;
        // The one used last is the one whose memory is warm.
        free.addFirst(slot);
        if (waiting > 0) {
            becameFree.signal();
        }
    }

    /** The runner is lost: closes every connection, which wakes everybody who waits on one. Idempotent. */
    public void close() {
        end();
        for (Slot slot : all) {
            Slot.Line line = slot.lineOrNull();
            if (line != null) {
                line.close();
            }
        }
    }

    /**
     * The runner has ended: as {@link #close}, but the connections of calls stay open. What the runner sent before its
     * end can still be read from them; behind that the system has put their end, which wakes whoever was not answered.
     *
     * @return whether there are such connections; {@link #close} is to follow then, should their end not come
     */
    public boolean closeUnused() {
        end();
        boolean used = false;
        for (Slot slot : all) {
            Slot.Line line = slot.lineOrNull();
            used |= line != null && !line.closeUnlessUsed();
        }
        return used;
    }

    /** Waits, at most so long, until no call is on a connection that {@link #closeUnused} has left. */
    public void awaitUnused(long nanos) throws InterruptedException {
        long rest = nanos;
        int seen = ended();
        while (rest > 0 && isUsed()) {
            lock.lockInterruptibly();
            try {
                while (ended == seen && rest > 0) {
                    rest = callEnded.awaitNanos(rest);
                }
                seen = ended;
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isUsed() {
        for (Slot slot : all) {
            Slot.Line line = slot.lineOrNull();
            if (line != null && line.isUsed()) {
                return true;
            }
        }
        return false;
    }

    private int ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private void noteEnd() {
        lock.lock();
        try {
            ended++;
            callEnded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            closed = true;
            free.clear();
            becameFree.signalAll();
            cameBack.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
