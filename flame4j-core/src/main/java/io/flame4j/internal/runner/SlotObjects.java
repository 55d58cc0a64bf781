package io.flame4j.internal.runner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a slot keeps between calls: its placed object, and the tracked ones by id. Each remembers the connection that
 * brought it, since the word to throw them away comes over another connection and must not hit a later object.
 *
 * <p>Used by the slot's thread, and by whoever throws away; the monitor of this object guards all. It ends nothing
 * itself: what it lets go of is handed to the caller.
 */
final class SlotObjects implements LongSupplier {

    /**
     * One of them.
     *
     * @param object what is kept
     * @param generation the connection that brought it
     */
    record Kept(@Nullable Object object, int generation) {}

    private @Nullable Kept placed;
    private @Nullable Map<Long, Kept> tracked;
    private long lastId;

    synchronized boolean isEmpty() {
        return placed == null && (tracked == null || tracked.isEmpty());
    }

    /** Keeps the slot's object; returns the one it replaces. */
    synchronized @Nullable Kept place(@Nullable Object object, int generation) {
        Kept before = placed;
        placed = new Kept(object, generation);
        return before;
    }

    synchronized @Nullable Kept unplace() {
        Kept before = placed;
        placed = null;
        return before;
    }

    synchronized @Nullable Kept placed() {
        return placed;
    }

    /** A new id for a tracked object. */
    @Override
    public synchronized long getAsLong() {
        return ++lastId;
    }

    synchronized void track(long id, Object object, int generation) {
        Map<Long, Kept> table = tracked;
        if (table == null) {
            table = new HashMap<>();
            tracked = table;
        }
        table.put(id, new Kept(object, generation));
    }

    synchronized @Nullable Kept tracked(long id) {
        return tracked == null ? null : tracked.get(id);
    }

    synchronized @Nullable Kept release(long id) {
        return tracked == null ? null : tracked.remove(id);
    }

    /** Lets go of everything that this connection, or one before it, brought. */
    synchronized List<Kept> takeUpTo(int generation) {
        List<Kept> taken = new ArrayList<>();
        Map<Long, Kept> table = tracked;
        if (table != null) {
            for (Iterator<Kept> each = table.values().iterator(); each.hasNext(); ) {
                Kept kept = each.next();
                if (kept.generation() <= generation) {
                    each.remove();
                    taken.add(kept);
                }
            }
        }
        Kept object = placed;
        if (object != null && object.generation() <= generation) {
            placed = null;
            taken.add(object);
        }
        return taken;
    }
}
