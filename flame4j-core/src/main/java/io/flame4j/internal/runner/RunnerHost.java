package io.flame4j.internal.runner;

/** What a runner runs in: a process of its own ({@link ProcessHost}), or its parent's JVM ({@link LocalRunner}). */
interface RunnerHost {

    /** Called once, when the parent has welcomed the runner. No call is taken before it has returned. */
    void onWelcome(Runner runner);

    /** Whether what it logs is in the parent's log anyway. */
    boolean sharesLog();

    /** The process of the runner. */
    long pid();

    /** Whether the parent is known to be gone, so that dialling it is in vain. Asked after each failure to connect. */
    boolean parentIsGone();

    /** Tells people why the runner ends, where its parent cannot. */
    void report(String message);

    /**
     * Ends the host; called once, after everything else, by the last thread of the runner.
     *
     * @param code the exit code
     */
    void exit(int code);

    /** Ends the host on the spot, when there is no memory left to end it properly. */
    void halt(int code);
}
