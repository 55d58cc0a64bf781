package io.flame4j.internal.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A runner was lost. */
@Name("flame4j.RunnerLoss")
@Label("Runner Loss")
@Description("A runner was lost, and with it the calls that ran there")
final class RunnerLossEvent extends PoolEvent {

    @Label("Reason")
    @Description("A constant of RunnerLostException.Reason")
    String reason = "";

    @Label("Message")
    @Description("The first line of the message that callers get")
    String message = "";
}
