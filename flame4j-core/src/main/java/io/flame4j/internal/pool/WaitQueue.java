package io.flame4j.internal.pool;

import org.jspecify.annotations.Nullable;

/**
 * Those who wait for a slot, in order: first the repeated calls, then the others, each first come, first served. Linked
 * through the waiters themselves, so that one from the middle leaves in O(1), and in O(log n) when it has a deadline.
 *
 * @param <W> what waits
 */
final class WaitQueue<W> {

    private final DeadlineHeap<W> deadlines = new DeadlineHeap<>();
    private @Nullable Waiter<W> head;
    private @Nullable Waiter<W> tail;
    /** The last of the repeated calls; the next one goes behind it. */
    private @Nullable Waiter<W> lastRepeated;

    private int size;

    boolean isEmpty() {
        return head == null;
    }

    int size() {
        return size;
    }

    @Nullable
    Waiter<W> first() {
        return head;
    }

    /** Removes the first. */
    @Nullable
    Waiter<W> poll() {
        Waiter<W> first = head;
        if (first != null) {
            remove(first);
        }
        return first;
    }

    /** The waiter that expires first; null when none has a deadline. */
    @Nullable
    Waiter<W> firstToExpire() {
        return deadlines.first();
    }

    void addLast(Waiter<W> waiter) {
        insertAfter(tail, waiter);
    }

    void addRepeated(Waiter<W> waiter) {
        insertAfter(lastRepeated, waiter);
        lastRepeated = waiter;
    }

    private void insertAfter(@Nullable Waiter<W> previous, Waiter<W> waiter) {
        Waiter<W> next = previous == null ? head : previous.next;
        waiter.previous = previous;
        waiter.next = next;
        if (previous == null) {
            head = waiter;
        } else {
            previous.next = waiter;
        }
        if (next == null) {
            tail = waiter;
        } else {
            next.previous = waiter;
        }
        waiter.queued = true;
        size++;
        if (waiter.deadline != SchedulerSettings.NEVER) {
            deadlines.add(waiter);
        }
    }

    void remove(Waiter<W> waiter) {
        Waiter<W> previous = waiter.previous;
        Waiter<W> next = waiter.next;
        if (lastRepeated == waiter) {
            lastRepeated = previous;
        }
        if (previous == null) {
            head = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            tail = previous;
        } else {
            next.previous = previous;
        }
        // The caller may keep its place for long: it must not keep its neighbours.
        waiter.previous = null;
        waiter.next = null;
        waiter.queued = false;
        size--;
        deadlines.remove(waiter);
    }

    /** Throws when links, counts and heap disagree. For tests. */
    void check() {
        deadlines.check();
        int count = 0;
        int withDeadline = 0;
        Waiter<W> previous = null;
        for (Waiter<W> waiter = head; waiter != null; waiter = waiter.next) {
            boolean timed = waiter.deadline != SchedulerSettings.NEVER;
            if (waiter.previous != previous || !waiter.queued || timed != (waiter.heapIndex >= 0)) {
                throw new IllegalStateException("wait queue broken at " + count);
            }
            count++;
            withDeadline += timed ? 1 : 0;
            previous = waiter;
        }
        if (previous != tail || count != size || withDeadline != deadlines.size()) {
            throw new IllegalStateException("wait queue has " + count + " waiters, but says " + size);
        }
    }
}
