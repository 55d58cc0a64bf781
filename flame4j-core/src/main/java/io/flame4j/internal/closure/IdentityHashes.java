package io.flame4j.internal.closure;

/**
 * Tells whether an object has come before, by its identity hash alone, which is a number in a small table in place of two
 * references in a large one. Two objects may have the same hash; then it says of the second that it has come before.
 */
final class IdentityHashes {

    private static final int FIRST_CAPACITY = 64;
    private static final int FREE = 0;

    /** A list may hold less than its length promises: the same record again and again. */
    private static final int MOST_EXPECTED = 1 << 20;

    /** A power of two long, at most half full. */
    private int[] table = new int[FIRST_CAPACITY];

    private int size;

    private int expected;

    /** So many may follow: if the table has to grow, it is for them. */
    void expect(int count) {
        expected = Math.max(expected, count);
    }

    /** Takes note of an object; false when it has come before, or another one with its hash. */
    boolean add(Object object) {
        int hash = System.identityHashCode(object);
        int at = find(table, hash);
        if (hash == FREE || table[at] == hash) {
            return false;
        }
        table[at] = hash;
        size++;
        if (size > table.length / 2) {
            grow();
        }
        return true;
    }

    /** Where the hash is, or could be put. */
    private static int find(int[] table, int hash) {
        int mask = table.length - 1;
        int at = hash & mask;
        while (table[at] != FREE && table[at] != hash) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        int needed = Math.max(Math.multiplyExact(table.length, 4), Math.min(expected, MOST_EXPECTED) * 2);
        int[] larger = new int[Integer.highestOneBit(needed - 1) << 1];
        for (int hash : table) {
            if (hash != FREE) {
                larger[find(larger, hash)] = hash;
            }
        }
        table = larger;
    }
}
