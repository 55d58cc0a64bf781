package io.flame4j.internal.closure;

import org.jspecify.annotations.Nullable;

/** Numbers objects in the order in which they come, by identity. A hash table without the boxes of the JDK's. */
final class IdentityNumbers {

    private static final int FIRST_CAPACITY = 32;

    /** A power of two, at most half full. */
    private @Nullable Object[] keys = new @Nullable Object[FIRST_CAPACITY];

    private int[] numbers = new int[FIRST_CAPACITY];
    private int size;

    /** How many objects have a number. */
    int size() {
        return size;
    }

    /** The number that the object has, or -1 when it was given the next one by this call. */
    int add(Object object) {
        int mask = keys.length - 1;
        int at = System.identityHashCode(object) & mask;
        for (Object key = keys[at]; key != null; key = keys[at]) {
            if (key == object) {
                return numbers[at];
            }
            at = (at + 1) & mask;
        }
        keys[at] = object;
        numbers[at] = size++;
        if (size > keys.length / 2) {
            grow();
        }
        return -1;
    }

    private void grow() {
        @Nullable Object[] oldKeys = keys;
        int[] oldNumbers = numbers;
        int capacity = Math.multiplyExact(oldKeys.length, 4);
        keys = new @Nullable Object[capacity];
        numbers = new int[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
            Object key = oldKeys[i];
            if (key != null) {
                int at = System.identityHashCode(key) & (capacity - 1);
                while (keys[at] != null) {
                    at = (at + 1) & (capacity - 1);
                }
                keys[at] = key;
                numbers[at] = oldNumbers[i];
            }
        }
    }
}
