package io.flame4j.it;

import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts local runners as the test commands: at once, late, never, or not at all. Counts what it does. */
class FaultyBackend implements Backend {

    /** What becomes of a start. */
    interface Start {
        /**
         * Starts a runner, or does not.
         *
         * @param number which start this is, from 1
         */
        RunnerHandle start(RunnerSpec spec, int number) throws InterruptedException;
    }

    private final LocalBackend local = LocalBackend.create();
    private final AtomicInteger starts = new AtomicInteger();
    private final AtomicInteger mostLive = new AtomicInteger();
    private final Map<String, RunnerHandle> live = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile Start behaviour = (spec, number) -> well(spec);
    private volatile boolean closed;
    private volatile CountDownLatch mayClose = new CountDownLatch(0);

    /** Does not close before the latch is open. */
    FaultyBackend onClose(CountDownLatch latch) {
        mayClose = latch;
        return this;
    }

    FaultyBackend on(Start start) {
        behaviour = start;
        return this;
    }

    /** Starts a runner that works. */
    RunnerHandle well(RunnerSpec spec) {
        return local.start(spec);
    }

    /** A runner that never connects, and ends when it is killed. */
    static RunnerHandle silent(RunnerSpec spec) {
        return new SilentHandle(spec.runnerId(), new CompletableFuture<>());
    }

    static RunnerBootException permanent(String message) {
        return new RunnerBootException(message, true, null);
    }

    static RunnerBootException transientFailure(String message) {
        return new RunnerBootException(message, false, null);
    }

    /** How many starts were asked for. */
    int starts() {
        return starts.get();
    }

    /** How many runners have not ended. */
    int live() {
        return live.size();
    }

    /** The most runners there were at a time, starts under way included. */
    int mostLive() {
        return mostLive.get();
    }

    boolean isClosed() {
        return closed;
    }

    void kill(String runnerId) {
        live.get(runnerId).kill();
    }

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public ListenAt listenAt() {
        return local.listenAt();
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
        int number = starts.incrementAndGet();
        mostLive.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        RunnerHandle handle;
        try {
            handle = behaviour.start(spec, number);
        } catch (InterruptedException | RuntimeException e) {
            underWay.decrementAndGet();
            throw e;
        }
        live.put(spec.runnerId(), handle);
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
            mayClose.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        local.close();
    }

    private record CountedHandle(RunnerHandle handle, CompletionStage<RunnerExit> exit) implements RunnerHandle {
        @Override
        public String description() {
            return handle.description();
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
