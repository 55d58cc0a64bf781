package io.flame4j.testkit.kubernetes.internal.node;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The addresses of a node's pods, the longest unused first. Not thread-safe. */
final class PodAddresses {

    private static final int LAST = 254;

    private final String network;
    private final BitSet used = new BitSet();
    private int latest;

    PodAddresses(String network) {
        this.network = network;
    }

    /** An address, or null when all are taken. */
    @Nullable
    String take() {
        if (used.cardinality() == LAST) {
            return null;
        }
        do {
            latest = latest % LAST + 1;
        } while (used.get(latest));
        used.set(latest);
        return network + "." + latest;
    }

    void giveBack(String address) {
        used.clear(Integer.parseInt(address.substring(address.lastIndexOf('.') + 1)));
    }
}
