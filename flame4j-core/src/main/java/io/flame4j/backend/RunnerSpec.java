package io.flame4j.backend;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a backend is to start.
 *
 * @param pool the name of the pool
 * @param runnerId the runner's id, unique in the life of the pool: lower-case letters, digits and dashes
 * @param environment variables the runner must find; that of {@link #TOKEN_VARIABLE} is secret
 * @param bootTimeout how long until the pool gives the boot up
 * @param shutdownTimeout how long running calls may take to finish when the runner is asked to end
 * @since 0.1
 */
public record RunnerSpec(
        String pool, String runnerId, Map<String, String> environment, Duration bootTimeout, Duration shutdownTimeout) {

    /** The variable that tells a process that it is a runner, and of which parent. Its value is not secret. */
    public static final String PARENT_VARIABLE = "FLAME_PARENT";

    /** The variable with which a runner proves to its parent who it is. Its value is secret until the runner is connected. */
    public static final String TOKEN_VARIABLE = "FLAME_PARENT_TOKEN";

    /** The variables of the environment that say who a runner is. Backends let nobody set them. */
    public static final Set<String> VARIABLES = Set.of(PARENT_VARIABLE, TOKEN_VARIABLE);

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
