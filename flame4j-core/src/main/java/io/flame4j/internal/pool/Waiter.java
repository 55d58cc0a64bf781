package io.flame4j.internal.pool;

import org.jspecify.annotations.Nullable;

/**
 * A place in the queue of a {@link PoolScheduler}, as handed out by {@link PoolScheduler#enqueue}. Its links belong to
 * {@link WaitQueue}, its heap index to {@link DeadlineHeap}.
 *
 * @param <W> what waits
 */
final class Waiter<W> {

    /** Not in the heap: it has no deadline, or has left. */
    static final int NOT_IN_HEAP = -1;

    final W value;
    /** On the scheduler's own time line, as are the others. */
    final long deadline;

    final long queuedSince;
    /** When the forecast that put it here is proven wrong; see {@link PoolScheduler}. */
    long patienceUntil;

    boolean queued;
    int heapIndex = NOT_IN_HEAP;

    @Nullable
    Waiter<W> previous;

    @Nullable
    Waiter<W> next;

    Waiter(W value, long deadline, long queuedSince) {
        this.value = value;
        this.deadline = deadline;
        this.queuedSince = queuedSince;
        this.patienceUntil = queuedSince;
    }

    /** Whether it still waits: not granted, expired, cancelled or refused. */
    boolean isQueued() {
        return queued;
    }
}
