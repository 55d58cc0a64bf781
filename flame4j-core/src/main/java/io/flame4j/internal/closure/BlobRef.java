package io.flame4j.internal.closure;

import java.io.Serializable;

/**
 * Stands in a JDK serialization stream for a large byte array that was written before it: {@code ObjectOutputStream}
 * would move the array in pieces of 1 KiB.
 */
final class BlobRef implements Serializable {

    private static final long serialVersionUID = 1L;

    final int index;

    BlobRef(int index) {
        this.index = index;
    }
}
