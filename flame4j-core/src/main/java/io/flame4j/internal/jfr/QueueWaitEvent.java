package io.flame4j.internal.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/** A call that waits to be sent. */
@Name("flame4j.QueueWait")
@Label("Queue Wait")
@Description("A call from its beginning until it is first sent to a runner; none of a call that never is")
@Threshold("10 ms")
final class QueueWaitEvent extends PoolEvent {}
