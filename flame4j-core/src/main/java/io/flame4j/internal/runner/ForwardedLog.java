package io.flame4j.internal.runner;

import io.flame4j.internal.logs.LogOutbox;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.logs.RunnerLogSource;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The runner's log on its way to the parent: what the logging libraries of this JVM are heard to log goes through an outbox,
 * whose thread sends it over the control connection.
 */
final class ForwardedLog {

    /** What the last events may take to be sent. */
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final List<RunnerLogSource> sources = new CopyOnWriteArrayList<>();
    private final LogOutbox outbox;

    private ForwardedLog(Runner runner, ControlLink link) {
        this.outbox = new LogOutbox(
                (dropped, batch) -> link.send(new ControlFrame.Log(dropped, batch)),
                this::refresh,
                runner.clock()::nanos);
    }

    /** Begins to forward; null when no library can be heard here. */
    static @Nullable ForwardedLog start(Runner runner, ControlLink link) {
        ForwardedLog log = new ForwardedLog(runner, link);
        log.hear(runner.loader());
        if (log.sources.isEmpty()) {
            RunnerLog.LOG.warn(
                    "The log of this runner is not forwarded, although its pool asks for it: nothing here hears"
                            + " what is logged. Put flame4j-logs on the class path, which does so for Logback,"
                            + " Log4j 2 and java.util.logging, or a RunnerLogSource of your own.");
            return null;
        }
        log.outbox.announce();
        runner.thread(log.outbox, "-logs").start();
        return log;
    }

    private void hear(ClassLoader loader) {
        Iterator<RunnerLogSource> offered =
                ServiceLoader.load(RunnerLogSource.class, loader).iterator();
        while (true) {
            try {
                if (!offered.hasNext()) {
                    return;
                }
                RunnerLogSource source = offered.next();
                if (source.start(outbox)) {
                    sources.add(source);
                }
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                // The library that it is for may not be there, or be another version.
                RunnerLog.LOG.warn("A source of log events is left out: {}", e.toString());
            }
        }
    }

    /** Hears again what a new configuration has put an end to. */
    void refresh() {
        for (RunnerLogSource source : sources) {
            try {
                source.refresh();
            } catch (RuntimeException | LinkageError e) {
                RunnerLog.LOG.debug("A source of log events could not be refreshed", e);
            }
        }
    }

    /** Sends what there is, and then nothing more. */
    void end() {
        outbox.flush(FLUSH_NANOS);
        outbox.end();
    }
}
