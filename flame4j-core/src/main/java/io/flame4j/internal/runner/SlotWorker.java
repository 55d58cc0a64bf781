package io.flame4j.internal.runner;

import io.flame4j.Trackable;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.SlotConnection;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.WireAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One slot: its thread dials a connection, serves calls on it until it ends, tidies, and dials the next. The thread
 * that reads a call runs it.
 *
 * <p>The monitor of this object guards all fields but the final ones; {@code current} and {@code giveUpAt} are read without it by
 * the timer and the end thread. Nothing is sent, read or closed under it.
 */
final class SlotWorker implements Runnable, WireAddress.Attempt {

    /** Longest request that is read. */
    private static final long MAX_BODY = 1L << 40;

    private static final long RETRY_MILLIS = 100;

    /** JDK serialization calls itself for each object of a chain. This is address space; only what is used is memory. */
    private static final long STACK_BYTES = 16L << 20;

    /**
     * How long a slot that keeps objects waits for the word whether they are still wanted, once its connection has
     * ended: it comes over the control connection, mostly at the same time.
     */
    private static final long CLOSE_WORD_MILLIS = 1_000;

    /** For a connection, the handshake and the first word: twice what the parent gives them. */
    private static final long DIAL_MILLIS = 2 * Protocol.HELLO_TIMEOUT.toMillis();

    private static final int WORTH_A_WARNING = 10;

    private final Runner runner;
    private final int slotId;
    private final SlotObjects objects = new SlotObjects();

    /** Belongs to the slot's thread; keeps the last answer, to which the parent may have a reference. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable CallServer lastServer;

    private @Nullable Thread thread;
    private @Nullable ByteChannel channel;
    /** When a connection that is being opened is given up; {@link Clock#NEVER} while none is. */
    private volatile long giveUpAt = Clock.NEVER;

    /** In a row; belongs to the slot's thread. */
    private int failedDials;

    private volatile @Nullable TaskScope current;
    private int generation;
    private int closedGeneration = -1;
    private int interruptedGeneration = -1;
    private int discardedGeneration = -1;
    private int begunGeneration = -1;
    private int begunSequence;
    private boolean preparing;
    private boolean stopping;
    private boolean ended;
    private boolean condemned;

    SlotWorker(Runner runner, int slotId) {
        this.runner = runner;
        this.slotId = slotId;
    }

    void start() {
        Thread started = runner.thread(this, "-slot-".concat(Integer.toString(slotId)), STACK_BYTES);
        synchronized (this) {
            thread = started;
        }
        started.start();
    }

    int slotId() {
        return slotId;
    }

    Runner runner() {
        return runner;
    }

    SlotObjects objects() {
        return objects;
    }

    /** The call that runs now. */
    @Nullable
    TaskScope current() {
        return current;
    }

    @Override
    public void run() {
        TaskScope.enter(this);
        try {
            if (slotId == 0 && !prepare()) {
                return;
            }
            Runner.Tools tools = runner.awaitTools();
            Session session = runner.awaitSession();
            if (tools != null && session != null) {
                serve(tools, session);
            }
        } catch (Throwable e) {
            // Not of a task, which answers for itself: without this thread the slot is lost, and most likely the JVM.
            RunnerLog.LOG.error("Slot {} has failed", slotId, e);
            runner.condemn(this, "slot " + slotId + " failed with " + e);
        } finally {
            close(objects.takeUpTo(Integer.MAX_VALUE));
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    /** Prepares the runner; {@link #stop()} interrupts the initializer, and nothing else. */
    private boolean prepare() {
        synchronized (this) {
            preparing = !stopping;
        }
        boolean ready = runner.prepare();
        synchronized (this) {
            preparing = false;
            Thread.interrupted();
        }
        return ready;
    }

    private void serve(Runner.Tools tools, Session session) {
        boolean fruitful = true;
        while (runner.isServing()) {
            ByteChannel dialled = dial(session, !fruitful);
            if (dialled == null) {
                return;
            }
            fruitful = serveConnection(tools, dialled);
            close(afterConnection());
        }
    }

    /** Serves one connection to its end; returns whether it carried a call. */
    private boolean serveConnection(Runner.Tools tools, ByteChannel dialled) {
        CallServer server = new CallServer(this, tools, new SlotConnection(dialled, MAX_BODY, true), generation());
        lastServer = server;
        try {
            server.serve();
        } catch (TlsChannel.CertificateRefusedException e) {
            runner.strandedByCertificate(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            // The usual end: the parent closed it, or the network did, or the bytes made no sense. Either way the
            // parent finds the connection closed, and that is all there is to say.
        } catch (RuntimeException e) {
            RunnerLog.LOG.warn("A connection of slot {} is closed after an error", slotId, e);
        } finally {
            close(dialled);
            Thread.interrupted();
        }
        return server.calls() > 0;
    }

    /** Opens the next connection; null when the slot is to end. Tries until it is. */
    private @Nullable ByteChannel dial(Session session, boolean pauseFirst) {
        boolean pause = pauseFirst;
        while (!pause || pause()) {
            pause = true;
            try {
                return attempt(session);
            } catch (TlsChannel.WrongPeerException e) {
                runner.strandedByCertificate(String.valueOf(e.getMessage()));
                return null;
            } catch (IOException | RuntimeException e) {
                // The parent does not accept just now, or is gone; the control connection will tell which.
                noteFailedDial(e);
                close(moveOn());
            }
        }
        return null;
    }

    /** One attempt, when it is this slot's turn; null when the slot is to end. */
    private @Nullable ByteChannel attempt(Session session) throws IOException {
        runner.dials().acquireUninterruptibly();
        try {
            // Whoever waited for its turn may have waited for the end.
            return runner.isServing() ? introduced(session) : null;
        } finally {
            giveUpAt = Clock.NEVER;
            runner.dials().release();
        }
    }

    private void noteFailedDial(Exception failure) {
        if (++failedDials == WORTH_A_WARNING && runner.isServing()) {
            RunnerLog.LOG.warn(
                    "Slot {} could not open a connection to the parent at {} {} times in a row, although the runner hears"
                            + " from it, and goes on trying. Look for what is between them, and in the parent's log for"
                            + " refused connections: {}",
                    slotId,
                    runner.ticket().address(),
                    failedDials,
                    failure.toString());
        } else {
            RunnerLog.LOG.debug("Slot {} dials again: {}", slotId, failure.toString());
        }
    }

    /** Connects and says who it is; null when the slot is to end. The timer ends what takes too long. */
    private @Nullable ByteChannel introduced(Session session) throws IOException {
        ByteChannel dialled = runner.connect(this);
        boolean done = false;
        try {
            if (!adopt(dialled)) {
                return null;
            }
            Hello hello = new Hello.Slot(
                    runner.ticket().runnerId(),
                    slotId,
                    generation(),
                    session.terms().slotKey());
            writeFully(dialled, hello.encode());
            failedDials = 0;
            done = true;
            return dialled;
        } finally {
            if (!done) {
                close(dialled);
            }
        }
    }

    @Override
    public void begun(SocketChannel attempt) {
        long deadline = Clock.after(runner.clock().nanos(), DIAL_MILLIS);
        synchronized (this) {
            channel = attempt;
            giveUpAt = deadline;
        }
        runner.timer().dueAt(deadline);
    }

    /** Ends the opening of a connection that takes too long. Of the timer; returns when to look again. */
    long lookAtDial(long now) {
        long deadline = giveUpAt;
        if (now < deadline) {
            return deadline;
        }
        // It may have been opened this very moment: then it is dialled once more, which costs nobody a call.
        giveUpAt = Clock.NEVER;
        closeConnection();
        return Clock.NEVER;
    }

    private static void writeFully(ByteChannel dialled, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            dialled.write(bytes);
        }
    }

    private synchronized boolean adopt(ByteChannel dialled) {
        if (stopping || !runner.isServing()) {
            return false;
        }
        channel = dialled;
        return true;
    }

    private synchronized int generation() {
        return generation;
    }

    /** Waits before dialling again; false when the slot is to end. */
    private synchronized boolean pause() {
        awaitUntil(Clock.after(runner.clock().nanos(), RETRY_MILLIS), false);
        return !stopping && runner.isServing();
    }

    /** What is to be closed now that a connection has ended; from here on the next one counts. */
    private synchronized List<SlotObjects.Kept> afterConnection() {
        if (!objects.isEmpty()) {
            awaitUntil(Clock.after(runner.clock().nanos(), CLOSE_WORD_MILLIS), true);
        }
        return moveOn();
    }

    private synchronized List<SlotObjects.Kept> moveOn() {
        generation++;
        channel = null;
        return objects.takeUpTo(discardedGeneration);
    }

    /** Waits until then, or until the slot is to end, or, when asked, until the parent has closed this connection. */
    private synchronized void awaitUntil(long moment, boolean closedIsEnough) {
        Clock clock = runner.clock();
        for (long rest = moment - clock.nanos();
                rest > 0 && !stopping && !(closedIsEnough && closedGeneration >= generation);
                rest = moment - clock.nanos()) {
            try {
                wait(rest / Clock.NANOS_PER_MILLI + 1);
            } catch (InterruptedException e) {
                // A left-over of the application; no task runs here that could be meant.
            }
        }
    }

    /** The parent has given up on a connection. Called by the control thread, which must not be held up. */
    void onClosedByParent(int closed, boolean interrupt, boolean discard) {
        TaskScope scope;
        ByteChannel connection;
        boolean late;
        synchronized (this) {
            if (closed < 0 || closed > generation) {
                return;
            }
            closedGeneration = Math.max(closedGeneration, closed);
            interruptedGeneration = interrupt ? Math.max(interruptedGeneration, closed) : interruptedGeneration;
            discardedGeneration = discard ? Math.max(discardedGeneration, closed) : discardedGeneration;
            late = closed < generation;
            scope = late ? null : current;
            connection = late ? null : channel;
            notifyAll();
        }
        if (scope != null) {
            if (interrupt) {
                scope.interrupt(TaskScope.Cause.CALLER_GONE);
            } else {
                scope.abandon();
            }
        }
        if (connection != null && (scope != null || interrupt || discard)) {
            // Without a call that runs, and without a word on it, one may still be on its way: it is to be read.
            close(connection);
        }
        if (late && discard) {
            discardLate(closed);
        }
    }

    /** The slot is on its next connection already, and its thread waits there or runs a call that has no part in this. */
    private void discardLate(int closed) {
        List<SlotObjects.Kept> taken = objects.takeUpTo(closed);
        if (!taken.isEmpty()) {
            runner.thread(() -> close(taken), "-slot-" + slotId + "-discard").start();
        }
    }

    /**
     * A call was read. It may run when this returns null.
     *
     * @return why it may not
     */
    @Nullable
    String begin(TaskScope scope) {
        boolean serving;
        synchronized (this) {
            if (interruptedGeneration >= scope.generation()) {
                return "its caller has given up";
            }
            if (closedGeneration >= scope.generation()) {
                scope.abandon();
            }
            // Written before the phase is read: whoever ends the runner writes the phase before it looks here.
            current = scope;
            serving = runner.isServing();
            if (serving) {
                begunGeneration = scope.generation();
                begunSequence = scope.sequence();
            }
        }
        runner.timer().dueAt(scope.deadlineAt());
        return serving ? null : "the runner takes no more calls";
    }

    /** The last call whose task may have begun, or null. Once the runner serves no more, this does not change. */
    synchronized ControlFrame.Goodbye.@Nullable Begun lastBegun() {
        return begunGeneration < 0 ? null : new ControlFrame.Goodbye.Begun(slotId, begunGeneration, begunSequence);
    }

    /** The call is over and answered. */
    void end() {
        synchronized (this) {
            current = null;
        }
        if (!runner.isServing()) {
            runner.callEnded();
        }
    }

    /** Closes the present connection, which is no good any more. */
    void closeConnection() {
        ByteChannel connection;
        synchronized (this) {
            connection = channel;
        }
        if (connection != null) {
            close(connection);
        }
    }

    /** Marks the slot as the one whose call ends the runner; false when it is already. */
    synchronized boolean condemn() {
        boolean first = !condemned;
        condemned = true;
        return first;
    }

    synchronized boolean isCondemned() {
        return condemned;
    }

    /** Ends the slot: wakes its thread, which closes what the slot keeps. */
    void stop() {
        synchronized (this) {
            stopping = true;
            if (preparing && thread != null) {
                thread.interrupt();
            }
            notifyAll();
        }
        closeConnection();
    }

    /** What keeps the slot from ending, for the log. */
    String whatGoesOn() {
        TaskScope scope = current;
        if (scope != null) {
            return scope.goesOn();
        }
        Thread own;
        boolean initializes;
        synchronized (this) {
            if (ended) {
                return "it took longer to end than there was time";
            }
            own = thread;
            initializes = preparing;
        }
        return (initializes
                        ? "the initializer goes on although it was interrupted"
                        : "what it kept is still being closed")
                + Whereabouts.of(own);
    }

    /** Waits until then for the slot's thread to end; one that still runs a task is not waited for. */
    synchronized boolean awaitEnd(long moment) {
        Clock clock = runner.clock();
        for (long rest = moment - clock.nanos(); !ended && current == null && rest > 0; rest = moment - clock.nanos()) {
            try {
                wait(rest / Clock.NANOS_PER_MILLI + 1);
            } catch (InterruptedException e) {
                RunnerLog.LOG.debug("Interrupted while waiting for slot {}", slotId);
            }
        }
        return ended;
    }

    /** Closes what was kept, on this thread; failures are logged. */
    void close(List<SlotObjects.Kept> taken) {
        for (SlotObjects.Kept kept : taken) {
            close(kept);
        }
    }

    void close(SlotObjects.@Nullable Kept kept) {
        Object object = kept == null ? null : kept.object();
        try {
            if (object instanceof Trackable trackable) {
                trackable.released();
            } else if (object instanceof AutoCloseable closeable) {
                closeable.close();
            }
        } catch (Throwable e) {
            RunnerLog.LOG.warn(
                    "Closing a {} that a slot kept has failed",
                    object.getClass().getName(),
                    e);
        } finally {
            Thread.interrupted();
        }
    }

    private static void close(ByteChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            RunnerLog.LOG.debug("Closing a slot connection failed: {}", e.toString());
        }
    }
}
