package io.flame4j.internal.runner;

import io.flame4j.internal.logs.LogOutbox;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.logs.RunnerLogSource;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The runner's log on its way to the parent: what the logging libraries of this JVM are heard to log goes through an outbox,
 * whose thread sends it over the control connection.
 */
final class ForwardedLog {

    /** What the last events may take to be sent. */
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final LogOutbox outbox;

    private ForwardedLog(LogOutbox outbox) {
        this.outbox = outbox;
    }

    /** Begins to forward; null when no library can be heard here. */
    static @Nullable ForwardedLog start(Runner runner, ControlLink link) {
        LogOutbox outbox = new LogOutbox(
                (dropped, batch) -> link.send(new ControlFrame.Log(dropped, batch)), runner.clock()::nanos);
        if (!hear(runner.loader(), outbox)) {
            RunnerLog.LOG.warn(
                    "The log of this runner is not forwarded, although its pool asks for it: nothing here hears"
                            + " what is logged. Put flame4j-logs on the class path, which does so for Logback and"
                            + " java.util.logging, or a RunnerLogSource of your own.");
            return null;
        }
        runner.thread(outbox, "-logs").start();
        return new ForwardedLog(outbox);
    }

    private static boolean hear(ClassLoader loader, LogOutbox outbox) {
        boolean any = false;
        Iterator<RunnerLogSource> sources =
                ServiceLoader.load(RunnerLogSource.class, loader).iterator();
        while (true) {
            try {
                if (!sources.hasNext()) {
                    return any;
                }
                any |= sources.next().start(outbox);
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                // The library that it is for may not be there, or be another version.
                RunnerLog.LOG.warn("A source of log events is left out: {}", e.toString());
            }
        }
    }

    /** Sends what there is, and then nothing more. */
    void end() {
        outbox.flush(FLUSH_NANOS);
        outbox.end();
    }
}
