package io.flame4j.dashboard.internal.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last failures of one sort, equal ones told as one with a count, so that a thousand calls that fail alike do not hide
 * the one that fails otherwise. Thread-safe; the lock is held for a look into a small map.
 */
final class FailureLog {

    /** Longer messages are cut: what is kept here is for reading at a glance, and bounded. */
    static final int MOST_CHARACTERS = 1_000;

    /**
     * A failure.
     *
     * @param kind what failed: a boot, a runner, a call
     * @param what which: a runner's id, a task
     * @param message why
     */
    record Failure(Kind kind, String what, String message) {
        Failure {
            what = cut(what);
            message = cut(message);
        }

        private static String cut(String text) {
            return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS - 1) + "…";
        }
    }

    /** What failed. */
    enum Kind {
        BOOT,
        LOST,
        CALL
    }

    /** A failure, when it was last seen, and how often. */
    record Entry(Failure failure, long atMillis, long count) {}

    private final int most;
    private final Map<Failure, Entry> entries = new LinkedHashMap<>();

    FailureLog(int most) {
        this.most = most;
    }

    synchronized void add(Failure failure, long atMillis) {
        // Taken out and put in again: the order is that of the last time.
        Entry before = entries.remove(failure);
        entries.put(failure, new Entry(failure, atMillis, before == null ? 1 : before.count() + 1));
        if (entries.size() > most) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    synchronized List<Entry> newestFirst() {
        List<Entry> list = new ArrayList<>(entries.values());
        Collections.reverse(list);
        return list;
    }
}
