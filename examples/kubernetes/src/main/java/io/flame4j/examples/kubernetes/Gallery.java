package io.flame4j.examples.kubernetes;

import io.flame4j.examples.kubernetes.PictureTasks.Made;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The last few pictures that were made. Thread-safe. */
final class Gallery {

    private static final int MOST = 24;

    // Both guarded by this. The latest is first.
    private final Deque<Entry> entries = new ArrayDeque<>();
    private int made;

    /**
     * A picture.
     *
     * @param number which one it is, from 1
     * @param made the picture and where it was made
     */
    record Entry(int number, Made made) {}

    synchronized Entry add(Made picture) {
        made++;
        Entry entry = new Entry(made, picture);
        entries.addFirst(entry);
        if (entries.size() > MOST) {
            entries.removeLast();
        }
        return entry;
    }

    /** The latest first. */
    synchronized List<Entry> latest() {
        return List.copyOf(entries);
    }

    synchronized Optional<Entry> find(int number) {
        return entries.stream().filter(entry -> entry.number() == number).findFirst();
    }

    /** How many were made in all. */
    synchronized int made() {
        return made;
    }
}
