package io.flame4j.kubernetes.internal.api;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many calls are under way at once; the others wait in line and cost no thread. The time limit of a call begins
 * when it leaves the line. Its monitor guards its fields; what it lets go runs outside.
 */
final class InFlight {

    private final int limit;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private boolean lettingIn;

    InFlight(int limit) {
        this.limit = limit;
    }

    /** Runs this as soon as there is room: now on this thread, or later on that of who makes room. */
    void enter(Runnable call) {
        synchronized (this) {
            if (running == limit) {
                waiting.add(call);
                return;
            }
            running++;
        }
        call.run();
    }

    /** A call that was let in is over. */
    void leave() {
        synchronized (this) {
            running--;
            // A call may be over before its run returns, and many that fail at once must not nest.
            if (lettingIn) {
                return;
            }
            lettingIn = true;
        }
        for (Runnable next = next(); next != null; next = next()) {
            next.run();
        }
    }

    private synchronized @Nullable Runnable next() {
        if (running == limit || waiting.isEmpty()) {
            lettingIn = false;
            return null;
        }
        running++;
        return waiting.remove();
    }
}
