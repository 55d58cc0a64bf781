package io.flame4j.kubernetes.internal.backend;

import java.time.Duration;

/**
 * How long a boot may still take before it fails with what kept it, a little before the pool would fail it without
 * knowing that.
 */
final class Patience {

    private final long end;

    Patience(Duration bootTimeout) {
        this.end = System.nanoTime() + bootTimeout.toNanos() / 10 * 9;
    }

    /** Never negative. */
    Duration rest() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
