package io.flame4j.it;

import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;

/** What a runner is told, as itself would read it. */
final class Tickets {

    private Tickets() {}

    static BootTicket of(RunnerSpec spec) {
        return BootTicket.parse(
                spec.environment().get(RunnerSpec.PARENT_VARIABLE),
                spec.environment().get(RunnerSpec.TOKEN_VARIABLE));
    }
}
