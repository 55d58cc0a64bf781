package io.flame4j.context;

import java.util.Map;
import org.slf4j.MDC;

/**
 * Lets the keys of SLF4J's {@link MDC} travel, so that lines logged on a runner have the request id of the caller. Every
 * pool has it unless {@code FlamePoolBuilder.contextPropagators} says otherwise. When the task has ended the MDC of its
 * thread is empty, whatever the task put into it; but SLF4J is not started on a runner to see to that, so where no call has
 * brought an MDC yet, what a task puts there stays.
 *
 * @since 0.1
 */
public final class MdcPropagator implements ContextPropagator {

    /** Makes one. */
    public MdcPropagator() {}

    @Override
    public void capture(OutgoingCall call) {
        Map<String, String> present = MDC.getCopyOfContextMap();
        if (present == null || present.isEmpty()) {
            return;
        }
        for (Map.Entry<String, String> entry : present.entrySet()) {
            String key = entry.getKey();
            String value = entry.getValue();
            // Some loggers let both be null.
            if (key != null && value != null) {
                call.carry(key, value);
            }
        }
    }

    @Override
    public Scope restore(IncomingCall call) {
        MDC.setContextMap(call.values());
        return failure -> MDC.clear();
    }
}
