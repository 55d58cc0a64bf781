package io.flame4j;

/**
 * What of a runner's log the parent logs.
 *
 * @since 0.1
 */
public enum LogForwarding {
    /** Nothing. Errors still show the last lines of a runner, where its backend has them. */
    OFF,
    /**
     * What the runner writes to its standard output and error, line by line at level info, where its backend reads that:
     * {@link io.flame4j.backend.ProcessBackend} does, unless its builder says otherwise.
     */
    OUTPUT,
    /**
     * What the runner logs, with level, logger and MDC, on every backend but
     * {@link io.flame4j.backend.LocalBackend}, where it is in the parent's log anyway. The runner needs a
     * {@link io.flame4j.logs.RunnerLogSource} for its logging library; the module flame4j-logs has some. The runner's
     * output is then logged at level debug. A runner without such a source is treated as with {@link #OUTPUT}.
     */
    ON
}
