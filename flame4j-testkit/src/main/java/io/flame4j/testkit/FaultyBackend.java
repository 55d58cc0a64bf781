package io.flame4j.testkit;

import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A backend that fails as a test commands. It starts its runners on another backend: at once, late, never, or not at
 * all. It counts what it does, and kills a runner on command.
 *
 * <pre>{@code
 * FaultyBackend backend = new FaultyBackend().failNext(2, "the API server does not answer");
 * FlamePool pool = flame.pool().backend(backend).build();
 * }</pre>
 *
 * <p>{@code failNext}, {@code failNextPermanently}, {@code delayNext} and {@code silenceNext} add up: each says what
 * becomes of so many starts after those that were spoken for before. All other starts do what {@link #on(Start)} says,
 * which by default is to start a runner that works. As every backend it belongs to one pool, which closes it.
 *
 * <p>Thread-safe. The pool's codec is used even when this wraps a {@link LocalBackend} that does not serialize.
 *
 * @since 0.1
 */
public final class FaultyBackend implements Backend {

    /**
     * What becomes of a start.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Start {
        /**
         * Starts a runner, or does not. Called on a thread of the pool that may block; the pool interrupts it when it
         * gives the boot up.
         *
         * @param spec what to start
         * @param number which start of this backend it is, from 1
         * @return the runner
         * @throws RunnerBootException when the start is to fail
         * @throws InterruptedException when the boot is cancelled
         */
        RunnerHandle start(RunnerSpec spec, int number) throws InterruptedException;
    }

    private volatile Backend backend;
    private final AtomicInteger starts = new AtomicInteger();
    private final AtomicInteger mostLive = new AtomicInteger();
    private final AtomicInteger delayed = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();

    /** By id; complete when the start has returned, which a runner that is up already does not wait for. */
    private final Map<String, CompletableFuture<RunnerHandle>> live = new ConcurrentHashMap<>();

    private final Queue<Start> planned = new ConcurrentLinkedQueue<>();
    private volatile Start behaviour = (spec, number) -> well(spec);
    private volatile Runnable onClose = () -> {};

    /** Where the starts wait that are to be delayed from now on. */
    private final AtomicReference<CountDownLatch> mayGoOn = new AtomicReference<>(new CountDownLatch(1));

    private volatile boolean closed;

    /** Runners on threads of this JVM, those of {@link LocalBackend#create()}. */
    public FaultyBackend() {
        this(LocalBackend.create());
    }

    /**
     * Runners of another backend.
     *
     * @param backend starts the runners that work; is closed by this
     */
    public FaultyBackend(Backend backend) {
        this.backend = Objects.requireNonNull(backend, "backend");
    }

    /**
     * Lets starts fail as a platform that is busy: trying again can help, and the pool does so.
     *
     * @param count how many starts
     * @param message why, as the error is to say
     * @return this
     */
    public FaultyBackend failNext(int count, String message) {
        return plan(count, (spec, number) -> {
            throw transientFailure(message);
        });
    }

    /**
     * Lets starts fail for good: the pool does not try again, and callers that need a runner are told.
     *
     * @param count how many starts
     * @param message why, as the error is to say
     * @return this
     */
    public FaultyBackend failNextPermanently(int count, String message) {
        return plan(count, (spec, number) -> {
            throw permanent(message);
        });
    }

    /**
     * Holds starts up until {@link #release()}, or until the pool gives them up. They work then.
     *
     * @param count how many starts
     * @return this
     */
    public FaultyBackend delayNext(int count) {
        CountDownLatch gate = mayGoOn.get();
        return plan(count, (spec, number) -> {
            delayed.incrementAndGet();
            try {
                gate.await();
            } finally {
                delayed.decrementAndGet();
            }
            return well(spec);
        });
    }

    /**
     * Lets starts seem to succeed, with runners that never connect: the pool kills them after its
     * {@link io.flame4j.FlamePoolBuilder#bootTimeout(java.time.Duration) bootTimeout}. Nothing is really started.
     *
     * @param count how many starts
     * @return this
     */
    public FaultyBackend silenceNext(int count) {
        return plan(count, (spec, number) -> silent(spec));
    }

    private FaultyBackend plan(int count, Start start) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1, but is " + count);
        }
        for (int i = 0; i < count; i++) {
            planned.add(start);
        }
        return this;
    }

    /**
     * Lets the starts go on that {@link #delayNext(int)} was told to hold up before, those included that have not been
     * asked for yet.
     */
    public void release() {
        mayGoOn.getAndSet(new CountDownLatch(1)).countDown();
    }

    /**
     * What becomes of starts that nothing else was said of.
     *
     * @param start instead of a runner that works
     * @return this
     */
    public FaultyBackend on(Start start) {
        behaviour = Objects.requireNonNull(start, "start");
        return this;
    }

    /**
     * Runs in {@link #close()}, before the backend behind this is closed; what it throws, {@code close} throws.
     *
     * @param action blocks, fails, or takes note
     * @return this
     */
    public FaultyBackend onClose(Runnable action) {
        onClose = Objects.requireNonNull(action, "action");
        return this;
    }

    /**
     * Starts a runner that works, for use in {@link #on(Start)}.
     *
     * @param spec what to start
     * @return the runner
     * @throws RunnerBootException when the backend behind this cannot start it
     * @throws InterruptedException when the boot is cancelled
     */
    public RunnerHandle well(RunnerSpec spec) throws InterruptedException {
        // Before it can be up: what it serves may look for it here.
        live.putIfAbsent(spec.runnerId(), new CompletableFuture<>());
        return backend.start(spec);
    }

    /**
     * A runner that never connects, and ends when it is killed, for use in {@link #on(Start)}.
     *
     * @param spec what seems to be started
     * @return the runner
     */
    public static RunnerHandle silent(RunnerSpec spec) {
        return new SilentHandle(spec.runnerId(), new CompletableFuture<>());
    }

    /**
     * A failure that trying again does not help, to be thrown in {@link #on(Start)}.
     *
     * @param message why
     * @return the failure
     */
    public static RunnerBootException permanent(String message) {
        return new RunnerBootException(message, true, null);
    }

    /**
     * A failure that trying again may help, to be thrown in {@link #on(Start)}.
     *
     * @param message why
     * @return the failure
     */
    public static RunnerBootException transientFailure(String message) {
        return new RunnerBootException(message, false, null);
    }

    /**
     * How many starts were asked for, those that failed included.
     *
     * @return the number
     */
    public int starts() {
        return starts.get();
    }

    /**
     * How many starts {@link #delayNext(int)} holds up now.
     *
     * @return the number
     */
    public int delayed() {
        return delayed.get();
    }

    /**
     * How many runners have been started and have not ended. A runner may serve before its start has returned, and counts
     * from when the backend behind this is asked for it.
     *
     * @return the number
     */
    public int live() {
        return live.size();
    }

    /**
     * The ids of the runners that {@link #live()} counts.
     *
     * @return a copy, sorted
     */
    public SortedSet<String> runnerIds() {
        return new TreeSet<>(live.keySet());
    }

    /**
     * The most runners there were at a time, starts under way included.
     *
     * @return the number
     */
    public int mostLive() {
        return mostLive.get();
    }

    /**
     * Whether the pool has closed this.
     *
     * @return whether it has
     */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Ends a runner at once, whatever it does; the pool learns of it as of any runner that is lost. One whose start has not
     * returned yet is ended when it does. Does not wait.
     *
     * @param runnerId the runner, one of {@link #runnerIds()}
     * @throws IllegalArgumentException when there is no such runner
     */
    public void kill(String runnerId) {
        CompletableFuture<RunnerHandle> runner = live.get(Objects.requireNonNull(runnerId, "runnerId"));
        if (runner == null) {
            throw new IllegalArgumentException(
                    "There is no live runner '" + runnerId + "'. Live runners: " + runnerIds());
        }
        runner.thenAccept(RunnerHandle::kill);
    }

    /** {@code faulty}. */
    @Override
    public String name() {
        return "faulty";
    }

    /** This, with the pool's own backend behind it. */
    @Override
    public Backend forPool(String pool) {
        backend = backend.forPool(pool);
        return this;
    }

    /** As the backend behind this. */
    @Override
    public Duration lossDetailsWithin() {
        return backend.lossDetailsWithin();
    }

    /** As the backend behind this. */
    @Override
    public void awaitRoom() throws InterruptedException {
        backend.awaitRoom();
    }

    @Override
    public String whyNoRoom() {
        return backend.whyNoRoom();
    }

    @Override
    public boolean tellsAddresses() {
        return backend.tellsAddresses();
    }

    /** As the backend behind this. */
    @Override
    public ListenAt listenAt() {
        return backend.listenAt();
    }

    /** As the backend behind this. */
    @Override
    public int bootParallelism() {
        return backend.bootParallelism();
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
        int number = starts.incrementAndGet();
        mostLive.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        Start next = planned.poll();
        RunnerHandle handle;
        try {
            handle = (next != null ? next : behaviour).start(spec, number);
        } catch (InterruptedException | RuntimeException e) {
            live.remove(spec.runnerId());
            underWay.decrementAndGet();
            throw e;
        }
        live.computeIfAbsent(spec.runnerId(), id -> new CompletableFuture<>()).complete(handle);
        CompletionStage<RunnerExit> exit = handle.exit().thenApply(end -> {
            live.remove(spec.runnerId());
            underWay.decrementAndGet();
            return end;
        });
        return new CountedHandle(handle, exit);
    }

    @Override
    public void close() {
        closed = true;
        try {
            onClose.run();
        } finally {
            backend.close();
        }
    }

    private record CountedHandle(RunnerHandle handle, CompletionStage<RunnerExit> exit) implements RunnerHandle {
        @Override
        public CompletionStage<Set<InetAddress>> addresses() {
            return handle.addresses();
        }

        @Override
        public String description() {
            return handle.description();
        }

        @Override
        public CompletionStage<@Nullable Void> scheduled() {
            return handle.scheduled();
        }

        @Override
        public CompletionStage<@Nullable Void> started() {
            return handle.started();
        }

        @Override
        public String bootOverdue() {
            return handle.bootOverdue();
        }

        @Override
        public RunnerBootException.Reason bootOverdueReason() {
            return handle.bootOverdueReason();
        }

        @Override
        public @Nullable RunnerExit unreachable() {
            return handle.unreachable();
        }

        @Override
        public void bootFailed() {
            handle.bootFailed();
        }

        @Override
        public void kill() {
            handle.kill();
        }
    }

    private record SilentHandle(String runnerId, CompletableFuture<RunnerExit> exit) implements RunnerHandle {
        @Override
        public String description() {
            return "a silent runner";
        }

        @Override
        public void kill() {
            exit.complete(new RunnerExit(Reason.EXITED, "was killed", OptionalInt.empty(), List.of(), false));
        }
    }
}
