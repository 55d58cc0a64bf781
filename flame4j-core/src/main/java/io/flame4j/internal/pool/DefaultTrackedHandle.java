package io.flame4j.internal.pool;

import io.flame4j.CallOptions;
import io.flame4j.RemoteFunction;
import io.flame4j.TrackedHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One of the tracked resources of a result; the last one that is closed gives the slot back. */
final class DefaultTrackedHandle implements TrackedHandle {

    private final HeldCalls calls;
    private final long id;
    private final AtomicInteger open;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Makes a handle.
     *
     * @param calls to the kept slot
     * @param id the resource there
     * @param open how many handles of that slot are open, this one included; shared by them
     */
    DefaultTrackedHandle(HeldCalls calls, long id, AtomicInteger open) {
        this.calls = calls;
        this.id = id;
        this.open = open;
    }

    @Override
    public <I, R extends @Nullable Object, X extends Exception> R call(RemoteFunction<I, R, X> function) throws X {
        return call(function, CallOptions.defaults());
    }

    @Override
    public <I, R extends @Nullable Object, X extends Exception> R call(
            RemoteFunction<I, R, X> function, CallOptions options) throws X {
        if (closed.get()) {
            throw new IllegalStateException("The handle of a resource on runner " + runnerId() + " is closed.");
        }
        return calls.onTracked(id, function, options);
    }

    @Override
    public String runnerId() {
        return calls.slot().runnerId();
    }

    @Override
    public boolean isClosed() {
        return closed.get() || calls.slot().exit().isDone();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (open.decrementAndGet() == 0) {
            calls.slot().close();
        } else if (!calls.slot().exit().isDone()) {
            calls.release(id);
        }
    }

    @Override
    public String toString() {
        return "TrackedHandle[runner=" + runnerId() + ", closed=" + isClosed() + "]";
    }
}
