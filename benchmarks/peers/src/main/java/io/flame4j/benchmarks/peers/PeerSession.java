package io.flame4j.benchmarks.peers;

import io.flame4j.benchmarks.Contender;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The same closures for every library. */
abstract class PeerSession implements Contender.Session {

    /** No call of a benchmark takes that long, so that it fails and does not hang. */
    static final long CALL_SECONDS = 60;

    /** No runner takes that long to start. */
    static final long START_SECONDS = 60;

    private @Nullable Child child;

    /** Runs it on the runner and returns what it returned. Called by several threads at a time. */
    abstract @Nullable Object call(Job job) throws Exception;

    /** Ends what the parent has, after the runner has ended. */
    abstract void closeParent() throws Exception;

    /** Keeps the runner's process, which is ended by {@link #close}. */
    final Child own(Child started) {
        child = started;
        return started;
    }

    /** The process in which jobs run. */
    final long runner() throws Exception {
        return (Long) Objects.requireNonNull(call(() -> ProcessHandle.current().pid()));
    }

    @Override
    public final Contender.Exchange noOp() {
        return () -> call(() -> null);
    }

    @Override
    public final Contender.Echo echo() {
        return array -> (byte[]) Objects.requireNonNull(call(() -> array));
    }

    @Override
    @SuppressWarnings("unchecked")
    public final Contender.Lists lists() {
        return items -> {
            List<Contender.Item> argument = new ArrayList<>(items);
            return (List<Contender.Item>) Objects.requireNonNull(call(() -> argument));
        };
    }

    @Override
    public final void close() throws Exception {
        try {
            if (child != null) {
                child.close();
            }
        } finally {
            closeParent();
        }
    }

    static void await(CountDownLatch joined) throws Exception {
        if (!joined.await(START_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the runner has not joined within " + START_SECONDS + " s");
        }
    }
}
