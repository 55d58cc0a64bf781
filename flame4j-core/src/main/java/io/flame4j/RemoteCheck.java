package io.flame4j;

import java.io.Serializable;

/**
 * A question asked on a runner, such as whether it may be stopped now that it is idle
 * ({@link FlamePoolBuilder#idleShutdownAfter(java.time.Duration, RemoteCheck)}). See {@link RemoteTask} for what may
 * be captured.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RemoteCheck extends Serializable {

    /**
     * Runs on the runner.
     *
     * @return the answer
     * @throws Exception counts as {@code false} and is logged on the parent
     */
    boolean check() throws Exception;
}
