package io.flame4j.internal.runner;

import io.flame4j.RunnerContext;

/** Placeholder until the runner lands. */
public final class TaskScope {
    private TaskScope() {}

    public static RunnerContext current() {
        throw new IllegalStateException("This thread runs no task.");
    }
}
