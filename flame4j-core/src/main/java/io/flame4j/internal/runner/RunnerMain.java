package io.flame4j.internal.runner;

/** Placeholder until the runner lands. */
public final class RunnerMain {
    private RunnerMain() {}

    public static void runIfRunner() {}
}
