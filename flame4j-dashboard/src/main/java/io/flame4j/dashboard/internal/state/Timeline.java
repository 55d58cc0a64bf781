package io.flame4j.dashboard.internal.state;

import java.util.Locale;

/** The last minutes of a pool, one sample a second, in a ring: the oldest goes when it is full. Not thread-safe. */
final class Timeline {

    static final int STEP_MILLIS = 1_000;

    /** What is kept of each second: what there was at its end, or what happened in it. */
    enum Series {
        /** Runners that take calls. */
        READY,
        /** Runners that start. */
        BOOTING,
        /** Slots there are. */
        SLOTS,
        /** Slots in use. */
        BUSY,
        /** Calls that wait. */
        QUEUED,
        /** Calls that ended in this second. */
        ENDED,
        /** Those of them that did not succeed. */
        UNSUCCESSFUL;

        private final String json = name().toLowerCase(Locale.ROOT);

        private boolean isCounted() {
            return this == ENDED || this == UNSUCCESSFUL;
        }
    }

    private static final Series[] ALL = Series.values();

    private final int[][] rings;
    private final int capacity;
    private long lastTick = -1;
    private int size;

    Timeline(int capacity) {
        this.capacity = capacity;
        rings = new int[ALL.length][capacity];
    }

    /**
     * Adds the sample of a second. Seconds that were missed, since this process had no time, are filled with what there is
     * now; what happened in them is counted in the last one.
     *
     * @param tick the number of the second; ones that were sampled already are ignored
     * @param values one for each series, in its order
     * @return whether it was taken; one that was ignored is to be counted in the next
     */
    boolean add(long tick, int... values) {
        if (tick <= lastTick) {
            return false;
        }
        long missed = lastTick < 0 ? 1 : Math.min(capacity, tick - lastTick);
        for (long at = tick - missed + 1; at <= tick; at++) {
            int slot = (int) Math.floorMod(at, (long) capacity);
            for (int series = 0; series < ALL.length; series++) {
                rings[series][slot] = at < tick && ALL[series].isCounted() ? 0 : values[series];
            }
        }
        size = (int) Math.min(capacity, size + missed);
        lastTick = tick;
        return true;
    }

    /** The sum over the last seconds. */
    long sum(Series series, int seconds) {
        long sum = 0;
        for (int back = 0; back < Math.min(seconds, size); back++) {
            sum += rings[series.ordinal()][(int) Math.floorMod(lastTick - back, (long) capacity)];
        }
        return sum;
    }

    int size() {
        return size;
    }

    /** Fields of an object: for each series its values, oldest first. */
    void write(JsonWriter json) {
        for (Series series : ALL) {
            json.name(series.json).beginArray();
            for (int back = size - 1; back >= 0; back--) {
                json.value(rings[series.ordinal()][(int) Math.floorMod(lastTick - back, (long) capacity)]);
            }
            json.endArray();
        }
    }
}
