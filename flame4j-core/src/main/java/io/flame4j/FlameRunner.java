package io.flame4j;

import io.flame4j.internal.runner.RunnerMain;

/**
 * Turns this process into a runner when it was started as one.
 *
 * <p>Backends start runners with flame4j's own entry point, and an application need not call this. It is for starts
 * that go through the application's own {@code main}: a container image whose command is left as it is, or an
 * executable jar of an unknown kind. Call it first:
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *     FlameRunner.runIfRunner();
 *     // from here on: the parent
 * }
 * }</pre>
 *
 * @since 0.1
 */
public final class FlameRunner {

    private FlameRunner() {}

    /**
     * Returns at once when this process is not a runner, or already runs as one. Otherwise works as a runner until it
     * is told to stop and then ends the process; it does not return.
     */
    public static void runIfRunner() {
        RunnerMain.runIfRunner();
    }

    /**
     * Whether this process was started as a runner.
     *
     * @return true when it was
     */
    public static boolean isRunner() {
        return FlameParent.current().isPresent();
    }
}
