package io.flame4j.internal.runner;

import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.Protocol;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Where a runner process begins. */
public final class RunnerMain {

    private static final AtomicBoolean RUNNING = new AtomicBoolean();

    private RunnerMain() {}

    /** Runs this process as a runner, as its environment says. */
    public static void main(String[] args) {
        prepareSockets();
        BootTicket ticket;
        try {
            ticket = BootInfo.ticketOfThisProcess();
        } catch (IllegalStateException e) {
            end(String.valueOf(e.getMessage()));
            return;
        }
        if (ticket == null) {
            end(
                    "This is the entry point of flame4j's runners, which a pool starts: the variable FLAME_PARENT is not set.");
            return;
        }
        if (RUNNING.compareAndSet(false, true)) {
            run(ticket);
        }
    }

    /** Before the ticket is read, which takes a while as well. */
    private static void prepareSockets() {
        String parent = System.getenv(RunnerSpec.PARENT_VARIABLE);
        if (parent != null && BootTicket.namesUnixSocket(parent)) {
            Thread unused = UnixSockets.begin();
        }
    }

    /** Does nothing unless this process was started as a runner and does not run as one yet; else does not return. */
    public static void runIfRunner() {
        if (RUNNING.get()) {
            return;
        }
        prepareSockets();
        BootTicket ticket = BootInfo.ticketOfThisProcess();
        if (ticket != null && RUNNING.compareAndSet(false, true)) {
            run(ticket);
        }
    }

    private static void run(BootTicket ticket) {
        SocketProvider.settle();
        Clock clock = Clock.system();
        Runner runner = new Runner(ticket, applicationLoader(), new ProcessHost(ticket, clock), clock);
        runner.run();
        // The process ends by System.exit on another thread; until then nobody is to go on as if this were a parent.
        while (true) {
            LockSupport.park(runner);
        }
    }

    private static ClassLoader applicationLoader() {
        @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return loader != null ? loader : RunnerMain.class.getClassLoader();
    }

    private static void end(String message) {
        System.err.println("flame4j: ".concat(message));
        System.exit(Protocol.EXIT_NOT_CONNECTED);
    }
}
