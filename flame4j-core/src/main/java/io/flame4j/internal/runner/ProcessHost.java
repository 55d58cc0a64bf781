package io.flame4j.internal.runner;

import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.Protocol;
import java.io.IOException;
import java.nio.file.Path;

/** A runner that is a process of its own. */
final class ProcessHost implements RunnerHost {

    /** How long shutdown hooks of the application may take. */
    private static final long HOOKS_MILLIS = 5_000;

    private final BootTicket ticket;
    private final Clock clock;
    private final ParentProcess parent;

    ProcessHost(BootTicket ticket, Clock clock) {
        this.ticket = ticket;
        this.clock = clock;
        this.parent = new ParentProcess(ticket.parentPid());
    }

    @Override
    public void onWelcome(Runner runner) {
        TerminationSignal.handle(runner, this);
    }

    @Override
    public boolean sharesLog() {
        return false;
    }

    /** Asks the file system first: the process API is several milliseconds of classes. */
    @Override
    public long pid() {
        try {
            Path self = Path.of("/proc/self").toRealPath().getFileName();
            return Long.parseLong(self.toString());
        } catch (IOException | NumberFormatException e) {
            return ProcessHandle.current().pid();
        }
    }

    @Override
    public boolean parentIsGone() {
        return parent.isGone();
    }

    @Override
    public void report(String message) {
        System.err.println("flame4j runner " + ticket.runnerId() + ": " + message);
    }

    @Override
    public void exit(int code) {
        Thread watchdog = new Thread(null, new Watchdog(this, clock, code), "flame4j-watchdog", 0, false);
        watchdog.setDaemon(true);
        watchdog.start();
        if (code == Protocol.EXIT_PARENT_LOST && ticket.parentPid() != 0) {
            parent.sweep(ticket.address(), clock);
        }
        System.exit(code);
    }

    @Override
    public void halt(int code) {
        Runtime.getRuntime().halt(code);
    }

    /** Ends the process although shutdown hooks hang. */
    private record Watchdog(RunnerHost host, Clock clock, int code) implements Runnable {

        @Override
        public void run() {
            long end = Clock.after(clock.nanos(), HOOKS_MILLIS);
            clock.awaitUninterruptibly(end);
            host.halt(code);
        }
    }
}
