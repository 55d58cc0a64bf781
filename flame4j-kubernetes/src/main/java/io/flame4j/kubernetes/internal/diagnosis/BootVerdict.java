package io.flame4j.kubernetes.internal.diagnosis;

import io.flame4j.RunnerBootException.Reason;
import java.time.Instant;

/** What a pod's state says about a boot whose runner has not connected yet. */
public sealed interface BootVerdict {

    /** Nothing is wrong; the next change of the pod may say more. */
    record Fine() implements BootVerdict {}

    /**
     * Something is wrong that may pass by itself.
     *
     * @param at when to look again if the pod does not change before
     */
    record LookAgain(Instant at) implements BootVerdict {}

    /**
     * The runner will not come up.
     *
     * @param message what failed, why, and what to do: a clause that has the runner as its subject and ends without a
     *     full stop, as that of {@link io.flame4j.backend.RunnerExit#message()}
     * @param permanent whether another pod made like this would fail too
     * @param reason which kind of failure it is
     */
    record Failed(String message, boolean permanent, Reason reason) implements BootVerdict {}
}
