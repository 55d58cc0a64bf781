package io.flame4j.internal.pool;

import io.flame4j.internal.pool.PoolScheduler.Runner;

/** A call that waits for a slot. Exactly one of the two is called, once, by any thread, with no lock held. */
interface Waiting {

    /**
     * It has a slot, which it must give back to the {@link PoolShell}.
     *
     * @return false when it does not want it any more, so that the next in the queue gets it
     */
    boolean granted(Runner runner);

    /** It gets none. */
    void refused(RuntimeException why);
}
