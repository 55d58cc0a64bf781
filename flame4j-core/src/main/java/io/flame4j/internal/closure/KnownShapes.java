package io.flame4j.internal.closure;

/**
 * Which closure shapes the runner at the other end of one slot connection has been told about. Belongs to the parent's
 * end of that connection, is used by one thread at a time, and ends with the connection: whatever was written with it
 * must be sent, or the connection closed.
 */
public final class KnownShapes {

    /** The runner keeps as many; when there are more, both sides forget all and start again. */
    static final int MOST = 4096;

    /** A hash set of ids, which are never 0; a power of two long, at most half full. */
    private int[] table = new int[16];

    private int size;

    public KnownShapes() {}

    boolean contains(int id) {
        int mask = table.length - 1;
        for (int i = id & mask; table[i] != 0; i = i + 1 & mask) {
            if (table[i] == id) {
                return true;
            }
        }
        return false;
    }

    void add(int id) {
        if (contains(id)) {
            return;
        }
        if (++size > table.length / 2) {
            int[] old = table;
            table = new int[old.length * 2];
            for (int each : old) {
                if (each != 0) {
                    insert(each);
                }
            }
        }
        insert(id);
    }

    private void insert(int id) {
        int mask = table.length - 1;
        int i = id & mask;
        while (table[i] != 0) {
            i = i + 1 & mask;
        }
        table[i] = id;
    }

    int size() {
        return size;
    }

    void clear() {
        table = new int[16];
        size = 0;
    }
}
