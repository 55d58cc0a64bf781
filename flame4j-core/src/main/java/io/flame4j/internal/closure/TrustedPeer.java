package io.flame4j.internal.closure;

import java.io.ObjectInputFilter;

/** The filter of the runner's side, which runs whatever its parent sends. */
enum TrustedPeer implements ObjectInputFilter {
    INSTANCE;

    @Override
    public Status checkInput(FilterInfo info) {
        return Status.UNDECIDED;
    }
}
