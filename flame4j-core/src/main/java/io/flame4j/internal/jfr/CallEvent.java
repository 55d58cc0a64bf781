package io.flame4j.internal.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/** A call, from the caller's call until its value or failure is there. */
@Name("flame4j.Call")
@Label("Call")
@Description("A call, from the caller's call until its value or failure is there; runner is the last it was sent to")
@Threshold("10 ms")
final class CallEvent extends PoolEvent {

    @Label("Task")
    @Description("The lambda, method reference or class that was called")
    String task = "";

    @Label("Outcome")
    @Description("How it ended, a constant of CallOutcome")
    String outcome = "";

    @Label("Attempts")
    @Description("How many times it was sent to a runner")
    int attempts;

    @Label("Queue Wait")
    @Description("How long it waited to be sent")
    @Timespan
    long queueWait;

    @Label("Task Time")
    @Description("How long the task itself ran on the runner; not available when it did not run to its end")
    @Timespan
    long taskTime = Long.MIN_VALUE;

    @Label("Sent")
    @Description("What went to runners for it")
    @DataAmount
    long sent;

    @Label("Received")
    @Description("What came back")
    @DataAmount
    long received;
}
