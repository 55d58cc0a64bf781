package io.flame4j.internal.pool;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Waiters by deadline: a binary heap whose entries know their index, so that one from the middle is removed in O(log n).
 * {@link java.util.PriorityQueue} would search for it.
 *
 * @param <W> what waits
 */
final class DeadlineHeap<W> {

    private @Nullable Waiter<W>[] entries = newArray(64);
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** The waiter that expires first. */
    @Nullable
    Waiter<W> first() {
        return entries[0];
    }

    void add(Waiter<W> waiter) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size * 2);
        }
        siftUp(size++, waiter);
    }

    void remove(Waiter<W> waiter) {
        int hole = waiter.heapIndex;
        if (hole == Waiter.NOT_IN_HEAP) {
            return;
        }
        Waiter<W> last = at(--size);
        entries[size] = null;
        waiter.heapIndex = Waiter.NOT_IN_HEAP;
        if (last == waiter) {
            return;
        }
        // The last entry comes from another branch: it may have to go either way.
        siftUp(hole, last);
        if (last.heapIndex == hole) {
            siftDown(hole, last);
        }
    }

    private void siftUp(int from, Waiter<W> waiter) {
        int index = from;
        while (index > 0) {
            int parentIndex = (index - 1) >>> 1;
            Waiter<W> parent = at(parentIndex);
            if (parent.deadline <= waiter.deadline) {
                break;
            }
            set(index, parent);
            index = parentIndex;
        }
        set(index, waiter);
    }

    private void siftDown(int from, Waiter<W> waiter) {
        int index = from;
        while (2 * index + 1 < size) {
            int childIndex = 2 * index + 1;
            if (childIndex + 1 < size && at(childIndex + 1).deadline < at(childIndex).deadline) {
                childIndex++;
            }
            Waiter<W> child = at(childIndex);
            if (waiter.deadline <= child.deadline) {
                break;
            }
            set(index, child);
            index = childIndex;
        }
        set(index, waiter);
    }

    private void set(int index, Waiter<W> waiter) {
        entries[index] = waiter;
        waiter.heapIndex = index;
    }

    private Waiter<W> at(int index) {
        Waiter<W> entry = entries[index];
        if (entry == null) {
            throw new IllegalStateException("no waiter at " + index + " of " + size);
        }
        return entry;
    }

    /** Throws when the order or an index is wrong. For tests. */
    void check() {
        for (int i = 0; i < size; i++) {
            Waiter<W> entry = at(i);
            if (entry.heapIndex != i || !entry.queued || at((i - 1) / 2).deadline > entry.deadline) {
                throw new IllegalStateException("deadline heap broken at " + i);
            }
        }
        for (int i = size; i < entries.length; i++) {
            if (entries[i] != null) {
                throw new IllegalStateException("deadline heap keeps a waiter that has left, at " + i);
            }
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <W> @Nullable Waiter<W>[] newArray(int length) {
        return new Waiter[length];
    }
}
