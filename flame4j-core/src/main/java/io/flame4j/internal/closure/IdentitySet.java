package io.flame4j.internal.closure;

import java.util.Arrays;

/**
 * Tells whether an object has come before. The objects lie in the order in which they came, and a table of small numbers
 * says where: that takes a fraction of the time of the JDK's map of identities, whose table holds two references for each.
 */
final class IdentitySet {

    private static final int FIRST_CAPACITY = 64;
    private static final int FREE = 0;

    /** A list may hold less than its length promises: the same record again and again. */
    private static final int MOST_EXPECTED = 1 << 20;

    /** Of each object, where it is in the other array, plus one. A power of two long, at most half full. */
    private int[] table = new int[FIRST_CAPACITY];

    /** As many as the table may number, and the one with which it grows. */
    private Object[] objects = new Object[FIRST_CAPACITY / 2 + 1];

    private int size;

    private int expected;

    /** So many may follow: if the table has to grow, it is for them. */
    void expect(int count) {
        expected = Math.max(expected, count);
    }

    /** Takes note of an object; false when it has come before. */
    boolean add(Object object) {
        int mask = table.length - 1;
        int at = System.identityHashCode(object) & mask;
        while (table[at] != FREE) {
            if (objects[table[at] - 1] == object) {
                return false;
            }
            at = (at + 1) & mask;
        }
        objects[size++] = object;
        table[at] = size;
        if (size > table.length / 2) {
            grow();
        }
        return true;
    }

    private void grow() {
        int needed = Math.max(Math.multiplyExact(table.length, 4), Math.min(expected, MOST_EXPECTED) * 2);
        int[] larger = new int[Integer.highestOneBit(needed - 1) << 1];
        int mask = larger.length - 1;
        for (int i = 0; i < size; i++) {
            int at = System.identityHashCode(objects[i]) & mask;
            while (larger[at] != FREE) {
                at = (at + 1) & mask;
            }
            larger[at] = i + 1;
        }
        objects = Arrays.copyOf(objects, larger.length / 2 + 1);
        table = larger;
    }
}
