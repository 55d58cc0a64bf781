package io.flame4j.internal.jfr;

import io.flame4j.BootPhase;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

/** A boot, from the pool's wish for a runner until it is ready, has failed or was cancelled. */
@Name("flame4j.Boot")
@Label("Boot")
@Description("A boot, from the pool's wish for a runner until it is ready, has failed or was cancelled")
final class BootEvent extends PoolEvent {

    @Label("Outcome")
    @Description("READY, FAILED or CANCELLED")
    String outcome = "";

    @Label("Reason")
    @Description("Of a boot that failed: a constant of RunnerBootException.Reason")
    String reason = "";

    @Label("Message")
    @Description("Of a boot that failed: the first line of its message")
    String message = "";

    @Label("Requested")
    @Description("How long it waited for the backend to have room")
    @Timespan
    long requested = Long.MIN_VALUE;

    @Label("Scheduled")
    @Description("From the phase before until the platform had found a machine")
    @Timespan
    long scheduled = Long.MIN_VALUE;

    @Label("Started")
    @Description("From the phase before until its process had begun")
    @Timespan
    long started = Long.MIN_VALUE;

    @Label("Connected")
    @Description("From the phase before until it had connected to its parent")
    @Timespan
    long connected = Long.MIN_VALUE;

    @Label("Ready")
    @Description("From the phase before until its initializer was done")
    @Timespan
    long ready = Long.MIN_VALUE;

    void reached(BootPhase phase, long nanos) {
        switch (phase) {
            case REQUESTED -> requested = nanos;
            case SCHEDULED -> scheduled = nanos;
            case STARTED -> started = nanos;
            case CONNECTED -> connected = nanos;
            case READY -> ready = nanos;
        }
    }
}
