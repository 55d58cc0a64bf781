package io.flame4j.kubernetes.internal.api;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Says once that calls do not go through, and once that they do again, however many calls and attempts that is about. Its
 * monitor guards its fields; it is not held while something is logged.
 */
final class Trouble {

    private final Logger log;
    private final String recovered;
    private final Set<Object> troubled = new HashSet<>();
    private volatile boolean told;
    private long since;

    /**
     * @param recovered what to say when it is over, before how long it took
     */
    Trouble(Logger log, String recovered) {
        this.log = log;
        this.recovered = recovered;
    }

    /** A call failed and will be tried again. */
    void failed(Object call, String reason, long now) {
        synchronized (this) {
            troubled.add(call);
            if (told) {
                return;
            }
            told = true;
            since = now;
        }
        log.warn("{} It is tried again, ever less often; a line here says when it goes through.", reason);
    }

    /** A call succeeded. */
    void succeeded(Object call, long now) {
        if (!told) {
            return;
        }
        Duration lasted;
        synchronized (this) {
            troubled.remove(call);
            if (!told || !troubled.isEmpty()) {
                return;
            }
            told = false;
            lasted = Duration.ofNanos(now - since);
        }
        log.info("{} after {} s.", recovered, lasted.toMillis() / 1000.0);
    }

    /** A call is given up, or not wanted any more. */
    synchronized void ended(Object call) {
        troubled.remove(call);
    }
}
