package io.flame4j.internal.runner;

import io.flame4j.FlameException;
import io.flame4j.RunnerInitializer;
import io.flame4j.codec.Codec;
import io.flame4j.codec.JdkCodec;
import io.flame4j.context.ContextPropagator;
import io.flame4j.context.MdcPropagator;
import io.flame4j.internal.closure.Rehearsal;
import io.flame4j.internal.closure.ValueEncoder;
import io.flame4j.internal.context.Propagators;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.WireAddress;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One runner: dials its parent, opens slots as it is asked to, runs what comes in on them, and ends. Holds no static
 * state, so that several can live in one JVM.
 *
 * <p>Threads: the <em>control</em> thread calls {@link #run()}, dials, and then reads the control connection; each slot
 * has a thread ({@link SlotWorker}); the <em>timer</em> ({@link RunnerTimer}) watches deadlines and heartbeats; the
 * <em>end</em> thread ({@link Ending}) exists once the runner has begun to end. Slot 0's thread also prepares the
 * runner (codec, initializer), so that the control thread can tell a lost parent meanwhile.
 *
 * <p>The monitor of this object guards {@code session}, {@code tools}, {@code hostPrepared} and every change of {@code phase} and
 * {@code workers}; nothing is sent or waited for under it but their arrival.
 */
final class Runner implements Runnable {

    /** Goes forward only. */
    enum Phase {
        /** Dialling and preparing. */
        BOOTING,
        /** Takes calls. */
        SERVING,
        /** Takes no more calls; those that run may finish, as far as {@link Ending} lets them. */
        DRAINING,
        /** Nothing runs that is waited for. */
        OVER
    }

    /** What slots work with, once it has been made. */
    record Tools(Codec codec, ValueEncoder values, TaskContexts contexts) {}

    /** How it ends when the parent gave the runner up, or ended itself; it knows, or nobody is there to be told. */
    private static final String CLOSED_BY_PARENT = "the parent closed the control connection";

    /** More slots than any parent asks for. */
    private static final int MAX_SLOT_ID = 1_000_000;

    /**
     * How many slots may be dialling at a time. All at once, on a busy machine, they would keep each other from saying who
     * they are before the parent loses its patience with them, dial again, and never come to an end.
     */
    private static final int DIALS_AT_ONCE = 8;

    private final BootTicket ticket;
    private final ClassLoader loader;
    private final RunnerHost host;
    private final Clock clock;
    private final Boot boot;
    private final Ending ending;
    private final RunnerTimer timer;

    private final Semaphore dials = new Semaphore(DIALS_AT_ONCE, true);

    private volatile Phase phase = Phase.BOOTING;
    private volatile SlotWorker[] workers = {};
    private volatile @Nullable Session session;
    private @Nullable Tools tools;
    private boolean hostPrepared;
    private volatile @Nullable Thread controlThread;
    private volatile @Nullable ForwardedLog forwardedLog;

    Runner(BootTicket ticket, ClassLoader loader, RunnerHost host, Clock clock) {
        this.ticket = ticket;
        this.loader = loader;
        this.host = host;
        this.clock = clock;
        this.boot = new Boot(this, ticket, host, clock);
        this.ending = new Ending(this, host, clock);
        this.timer = new RunnerTimer(this, clock, boot.failsafeAt());
    }

    /** Lives the runner's life on this thread, and returns when it is over but for the end of its host. */
    @Override
    public void run() {
        controlThread = Thread.currentThread();
        timer.start();
        openSlot(0);
        Session agreed = boot.dial();
        if (agreed != null && welcome(agreed)) {
            timer.serve(agreed);
            host.onWelcome(this);
            hostIsPrepared();
            String why = readControl(agreed.link());
            parentLost(why);
        }
        ending.awaitOver();
    }

    private synchronized boolean welcome(Session agreed) {
        if (phase != Phase.BOOTING) {
            agreed.link().close();
            return false;
        }
        session = agreed;
        notifyAll();
        return true;
    }

    /** Reads until the connection ends; returns how it did. */
    private String readControl(ControlLink link) {
        try {
            for (ControlFrame frame = link.receive(); frame != null; frame = link.receive()) {
                handle(frame);
            }
            return CLOSED_BY_PARENT;
        } catch (IOException | RuntimeException | Error e) {
            return "the control connection broke: " + e;
        }
    }

    private void handle(ControlFrame frame) throws IOException {
        if (frame instanceof ControlFrame.OpenSlot open) {
            openSlot(open.slotId());
        } else if (frame instanceof ControlFrame.SlotClosed closed) {
            SlotWorker worker = worker(closed.slotId());
            if (worker != null) {
                worker.onClosedByParent(closed.generation(), closed.interrupt(), closed.discard());
            }
        } else if (frame instanceof ControlFrame.Shutdown shutdown) {
            shutdown(shutdown.graceMillis());
        } else if (frame instanceof ControlFrame.Check check) {
            new CheckRun(this, check).start();
        } else if (!(frame instanceof ControlFrame.ParentHeartbeat)) {
            throw new IOException("malformed control frame: not one of a parent");
        }
    }

    private void openSlot(int slotId) {
        if (slotId < 0 || slotId > MAX_SLOT_ID || worker(slotId) != null) {
            return;
        }
        SlotWorker worker = new SlotWorker(this, slotId);
        synchronized (this) {
            if (phase.compareTo(Phase.DRAINING) >= 0) {
                return;
            }
            SlotWorker[] more = Arrays.copyOf(workers, workers.length + 1);
            more[workers.length] = worker;
            workers = more;
        }
        try {
            worker.start();
        } catch (OutOfMemoryError e) {
            // No thread to be had: this runner can do no more than it does.
            drain(Protocol.EXIT_CONDEMNED, "cannot start a thread: " + e.getMessage());
        }
    }

    private @Nullable SlotWorker worker(int slotId) {
        for (SlotWorker worker : workers) {
            if (worker.slotId() == slotId) {
                return worker;
            }
        }
        return null;
    }

    /**
     * Makes codec and initializer; on the thread of slot 0, once the parent has said which.
     *
     * @return whether the runner is ready to serve
     */
    boolean prepare() {
        Rehearsal.run(new JdkCodec(), loader);
        Session agreed = awaitSession();
        if (agreed == null || phase != Phase.BOOTING) {
            return false;
        }
        try {
            if (agreed.terms().forwardLogs() && !host.sharesLog()) {
                forwardedLog = ForwardedLog.start(this, agreed.link());
            }
            Codec codec = newCodec(agreed.terms().codecClass());
            String initializer = agreed.terms().initializerClass();
            if (!initializer.isEmpty()) {
                make(initializer, RunnerInitializer.class).initialize(BootInfo.describe(ticket));
                refreshLog();
            }
            return ready(new Tools(
                    codec,
                    new ValueEncoder(codec.resultCodec()),
                    newContexts(agreed.terms().propagatorClasses())));
        } catch (Throwable e) {
            boolean told = phase == Phase.BOOTING;
            if (told) {
                agreed.link().send(InitFailure.explain(e));
            }
            abort(Protocol.EXIT_INIT_FAILED, "the initializer failed: " + InitFailure.brief(e, told));
            return false;
        }
    }

    private synchronized void hostIsPrepared() {
        hostPrepared = true;
        notifyAll();
    }

    /** Not before the host is prepared: a SIGTERM that nobody handles would end a call that it is to let finish. */
    private synchronized boolean ready(Tools made) {
        while (!hostPrepared && phase == Phase.BOOTING && uninterruptedWait()) {}
        tools = made;
        notifyAll();
        if (phase != Phase.BOOTING) {
            return false;
        }
        phase = Phase.SERVING;
        return true;
    }

    private Codec newCodec(String className) throws Exception {
        return className.equals("io.flame4j.codec.JdkCodec") ? new JdkCodec() : make(className, Codec.class);
    }

    /** The initializer may have configured logging, as that of a Spring Boot application does. */
    private void refreshLog() {
        ForwardedLog log = forwardedLog;
        if (log != null) {
            log.refresh();
        }
    }

    private TaskContexts newContexts(List<String> classNames) {
        List<ContextPropagator> propagators = new ArrayList<>(classNames.size());
        for (String name : classNames) {
            propagators.add(newPropagator(name));
        }
        return new TaskContexts(ticket.pool(), ticket.runnerId(), propagators);
    }

    private ContextPropagator newPropagator(String className) {
        if (className.equals("io.flame4j.context.MdcPropagator")) {
            return new MdcPropagator();
        }
        try {
            ContextPropagator offered = Propagators.offered(className, loader);
            return offered != null ? offered : make(className, ContextPropagator.class);
        } catch (Exception | ServiceConfigurationError | LinkageError e) {
            throw new FlameException(
                    "the context propagator "
                            .concat(className)
                            .concat(
                                    ", which its parent has, cannot be made on the runner. Mend that, put what it needs on the"
                                            + " runner's class path, or leave it out of the pool with contextPropagators(...)"),
                    e);
        }
    }

    private <T> T make(String className, Class<T> type) throws Exception {
        Class<?> found = Class.forName(className, true, loader);
        try {
            return type.cast(found.getConstructor().newInstance());
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new FlameException(
                    "make " + className + " public with a public no-argument constructor (and static, if it is nested);"
                            + " in a named module, export or open its package to io.flame4j.core",
                    e);
        }
    }

    /** Waits for the parent's welcome; null when the runner ends first. */
    synchronized @Nullable Session awaitSession() {
        while (session == null && phase != Phase.OVER && uninterruptedWait()) {}
        return phase == Phase.OVER ? null : session;
    }

    /** Waits until the runner is prepared; null when it ends first. */
    synchronized @Nullable Tools awaitTools() {
        while (tools == null && phase.compareTo(Phase.DRAINING) < 0 && uninterruptedWait()) {}
        return tools;
    }

    @SuppressWarnings("WaitNotInLoop") // All callers loop.
    private boolean uninterruptedWait() {
        try {
            wait();
        } catch (InterruptedException e) {
            RunnerLog.LOG.debug("A thread of the runner was interrupted while it waited; it goes on waiting");
        }
        return true;
    }

    /** Goes on to a later phase; false when it was reached or passed before. */
    private synchronized boolean advance(Phase next) {
        if (phase.compareTo(next) >= 0) {
            return false;
        }
        phase = next;
        notifyAll();
        return true;
    }

    /** Whether calls are taken. */
    boolean isServing() {
        return phase == Phase.SERVING;
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    /** Ends a runner that never came to serve. */
    void abort(int exitCode, String why) {
        host.report(why);
        advance(Phase.DRAINING);
        ending.now(exitCode, why, 0);
    }

    /** Takes no more calls, because the runner's machine wants it to end. */
    void drain(int exitCode, String why) {
        advance(Phase.DRAINING);
        send(new ControlFrame.Draining(why));
        Session agreed = session;
        ending.finishCalls(exitCode, why, agreed == null ? 0 : agreed.terms().shutdownMillis());
    }

    /** A certificate of either side has changed to one that the other does not accept: no further slot can be opened. */
    void strandedByCertificate(String why) {
        if (isServing()) {
            drain(Protocol.EXIT_CONDEMNED, "it can open no more connections: " + why);
        }
    }

    private void shutdown(long graceMillis) {
        advance(Phase.DRAINING);
        ending.finishCalls(0, "its parent told it to shut down", graceMillis);
    }

    /** Takes no more calls because of what one of them did; the others may finish. */
    void condemn(SlotWorker worker, String why) {
        if (!worker.condemn()) {
            return;
        }
        advance(Phase.DRAINING);
        send(new ControlFrame.Condemned(worker.slotId(), why));
        ending.finishCalls(Protocol.EXIT_CONDEMNED, why, -1);
    }

    /** A thread of the runner's own found no memory. */
    void outOfMemory() {
        try {
            if (phase != Phase.DRAINING && phase != Phase.OVER) {
                drain(Protocol.EXIT_CONDEMNED, "it has no memory left");
            }
        } catch (OutOfMemoryError e) {
            host.halt(Protocol.EXIT_CONDEMNED);
        }
    }

    /** Called again and again does no harm. Any thread but one that holds a lock. */
    void parentLost(String why) {
        if (phase == Phase.OVER) {
            return;
        }
        if (advance(Phase.DRAINING) && !why.equals(CLOSED_BY_PARENT)) {
            host.report("ends because its parent is lost: " + why);
        }
        Session agreed = session;
        if (agreed != null) {
            agreed.link().close();
        }
        for (SlotWorker worker : workers) {
            TaskScope scope = worker.current();
            if (scope != null && scope.outlivesCaller()) {
                scope.abandon();
            }
        }
        ending.parentLost(
                Protocol.EXIT_PARENT_LOST,
                why,
                agreed == null ? 0 : agreed.terms().shutdownMillis());
    }

    /** The failsafe. */
    void bootTimedOut() {
        abort(Protocol.EXIT_NOT_CONNECTED, boot.explanation());
    }

    /** Ends at once, leaving nobody time to finish. */
    void kill(int exitCode) {
        advance(Phase.DRAINING);
        ending.now(exitCode, "it was killed", Ending.HOLD_MILLIS);
        boot.cancel();
    }

    /** The calls are done with: from here on nothing is waited for but the tidying. */
    void over() {
        advance(Phase.OVER);
        boot.cancel();
        // Nobody dials any more: those who wait for their turn are to find that out.
        dials.release(MAX_SLOT_ID);
        for (SlotWorker worker : workers) {
            worker.stop();
        }
    }

    /** Closes what is left, when the slots have ended. */
    void closeControl() {
        timer.stop();
        Session agreed = session;
        ForwardedLog log = forwardedLog;
        if (log != null) {
            log.end();
        }
        if (agreed != null) {
            agreed.link().close();
        }
    }

    /** Sends on the control connection, if there is one. */
    void send(ControlFrame frame) {
        Session agreed = session;
        if (agreed != null) {
            agreed.link().send(frame);
        }
    }

    /** A slot tells that a call has ended while the runner is ending. */
    void callEnded() {
        ending.callEnded();
    }

    SlotWorker[] workers() {
        return workers;
    }

    /** Opens another connection to the parent, for the caller to introduce itself on, or to end the attempt. */
    ByteChannel connect(WireAddress.Attempt attempt) throws IOException {
        return boot.connect(attempt);
    }

    /** Held from {@link #connect()} until the caller has introduced itself, handshake included. */
    Semaphore dials() {
        return dials;
    }

    BootTicket ticket() {
        return ticket;
    }

    ClassLoader loader() {
        return loader;
    }

    Clock clock() {
        return clock;
    }

    RunnerTimer timer() {
        return timer;
    }

    @Nullable
    Thread controlThread() {
        return controlThread;
    }

    /** How long a task may go on after its interrupt. */
    long interruptGraceMillis() {
        Session agreed = session;
        return agreed == null ? 0 : agreed.terms().interruptGraceMillis();
    }

    String threadName(String suffix) {
        return "flame4j-".concat(ticket.runnerId()).concat(suffix);
    }

    Thread thread(Runnable work, String suffix) {
        return thread(work, suffix, 0);
    }

    Thread thread(Runnable work, String suffix, long stackSize) {
        Thread thread = new Thread(null, work, threadName(suffix), stackSize, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        return thread;
    }
}
