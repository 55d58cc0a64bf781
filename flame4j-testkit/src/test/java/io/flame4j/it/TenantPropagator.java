package io.flame4j.it;

import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.OutgoingCall;
import org.jspecify.annotations.Nullable;

/** A propagator as an application would write one, and a record of what it was told. */
public final class TenantPropagator implements ContextPropagator {

    /** Whose work a thread does. */
    static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

    /** How the last scope on this thread was closed. */
    static final ThreadLocal<@Nullable String> CLOSED = new ThreadLocal<>();

    @Override
    public void capture(OutgoingCall call) {
        String tenant = TENANT.get();
        if ("nobody".equals(tenant)) {
            throw new IllegalStateException("calls for nobody are not made");
        }
        if (tenant != null) {
            call.carry("tenant", tenant);
        }
    }

    @Override
    public Scope restore(IncomingCall call) {
        String tenant = call.values().get("tenant");
        if ("locked".equals(tenant)) {
            throw new SecurityException("tenant " + tenant + " is locked, says " + call.runnerId());
        }
        TENANT.set(tenant);
        return failure -> {
            TENANT.remove();
            CLOSED.set(failure == null ? "well" : failure.getClass().getSimpleName());
            if ("sloppy".equals(tenant)) {
                throw new IllegalStateException("this propagator fails when it cleans up");
            }
        };
    }
}
