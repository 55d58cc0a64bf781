package io.flame4j.backend;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.NOPLoggerFactory;

/** Logs what a runner writes, line by line, as long as that is wanted. Thread-safe. */
final class OutputLog implements Consumer<String> {

    private final String id;
    private final boolean wanted;

    /** Null when nothing logs in this JVM. */
    private final @Nullable Logger log;

    /** Null for not at all. */
    private volatile @Nullable Level level = Level.INFO;

    /**
     * A log.
     *
     * @param wanted whether the backend logs output at all
     */
    OutputLog(ILoggerFactory loggers, RunnerSpec spec, boolean wanted) {
        this.id = spec.runnerId();
        this.wanted = wanted;
        this.log = loggers instanceof NOPLoggerFactory ? null : loggers.getLogger("io.flame4j.runner." + spec.pool());
    }

    /** From now on at this level; null for not at all. */
    void at(@Nullable Level next) {
        level = next;
    }

    @Override
    @SuppressWarnings("SystemOut") // Where else, when there is no log.
    public void accept(String line) {
        Level now = level;
        if (!wanted || now == null) {
            return;
        }
        if (log != null) {
            log.atLevel(now).log("[{}] {}", id, line);
        } else if (now.toInt() >= Level.INFO.toInt()) {
            System.err.println("[" + id + "] " + line);
        }
    }
}
