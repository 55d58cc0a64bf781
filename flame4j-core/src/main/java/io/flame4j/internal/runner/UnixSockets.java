package io.flame4j.internal.runner;

/**
 * Gets the JDK's Unix-domain sockets going on a thread of its own, while another one sets up the runner. Before the first of
 * them the JDK starts a security provider, for random names of sockets that are bound without one, and that takes longer
 * than the rest of a runner's own start. Whoever opens a socket meanwhile waits for it, as for any class that is being
 * initialized.
 */
final class UnixSockets implements Runnable {

    static final String CLASS = "sun.nio.ch.UnixDomainSockets";

    private UnixSockets() {}

    /** Begins, and does not wait; returns the thread that does it. */
    static Thread begin() {
        Thread thread = new Thread(null, new UnixSockets(), "flame4j-sockets", 0, false);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void run() {
        try {
            Class.forName(CLASS, true, null);
        } catch (ClassNotFoundException | LinkageError e) {
            // Another JDK does it elsewhere, or cannot do it at all: the one who dials finds out, and tells people.
            RunnerLog.LOG.debug("The JDK's Unix-domain sockets were not made ready early: {}", e.toString());
        }
    }
}
