package io.flame4j.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;

/** What all events have. Their fields are read by the Flight Recorder alone. */
@Category("flame4j")
@StackTrace(false)
abstract class PoolEvent extends Event {

    @Label("Pool")
    @Description("The pool's name")
    String pool = "";

    @Label("Runner")
    @Description("The runner's id")
    String runner = "";
}
