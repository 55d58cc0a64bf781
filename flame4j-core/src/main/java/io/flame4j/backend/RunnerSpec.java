package io.flame4j.backend;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * What a backend is to start.
 *
 * @param pool the name of the pool
 * @param runnerId the runner's id, unique in the life of the pool: lower-case letters, digits and dashes
 * @param environment variables the runner must find; the values are secret
 * @param bootTimeout how long until the pool gives the boot up
 * @param shutdownTimeout how long running calls may take to finish when the runner is asked to end
 * @since 0.1
 */
public record RunnerSpec(
        String pool, String runnerId, Map<String, String> environment, Duration bootTimeout, Duration shutdownTimeout) {

    /** The variable that tells a process that it is a runner, and of which parent. */
    public static final String PARENT_VARIABLE = "FLAME_PARENT";

    /** Checks and copies. */
    public RunnerSpec {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(runnerId, "runnerId");
        Objects.requireNonNull(bootTimeout, "bootTimeout");
        Objects.requireNonNull(shutdownTimeout, "shutdownTimeout");
        environment = Map.copyOf(environment);
    }

    /** Leaves the values of the environment out. */
    @Override
    public String toString() {
        return "RunnerSpec[pool=" + pool + ", runnerId=" + runnerId + ", environment=" + environment.keySet()
                + ", bootTimeout=" + bootTimeout + ", shutdownTimeout=" + shutdownTimeout + "]";
    }
}
