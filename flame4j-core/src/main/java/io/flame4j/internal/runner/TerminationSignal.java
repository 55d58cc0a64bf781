package io.flame4j.internal.runner;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Lets a runner finish its calls when the machine's owner wants it to end. A second SIGTERM ends it at once.
 *
 * <p>SIGINT is ignored: Ctrl-C in a terminal goes to the parent and its runners alike, and it is for the parent to say
 * what becomes of their calls. It ends them by its own end at the latest.
 */
final class TerminationSignal implements SignalHandler {

    private static final int EXIT_TERMINATED = 143;
    private static final Signal TERM = new Signal("TERM");

    private final Runner runner;
    private final RunnerHost host;
    private boolean received;

    private TerminationSignal(Runner runner, RunnerHost host) {
        this.runner = runner;
        this.host = host;
    }

    static void handle(Runner runner, RunnerHost host) {
        try {
            TerminationSignal handler = new TerminationSignal(runner, host);
            Signal.handle(TERM, handler);
            // Not SIG_IGN, which the processes that tasks start would inherit.
            Signal.handle(new Signal("INT"), handler);
        } catch (IllegalArgumentException | LinkageError e) {
            // Started with -Xrs, or on a system or a JVM without such signals: it ends without finishing.
            RunnerLog.LOG.debug("Signals cannot be handled here: {}", e.toString());
        }
    }

    /** Called on a thread of the JVM for each signal. */
    @Override
    public void handle(Signal signal) {
        if (!signal.equals(TERM)) {
            return;
        }
        boolean again;
        synchronized (this) {
            again = received;
            received = true;
        }
        if (again) {
            host.halt(EXIT_TERMINATED);
        }
        runner.drain(EXIT_TERMINATED, "it was told to end by SIGTERM");
    }
}
