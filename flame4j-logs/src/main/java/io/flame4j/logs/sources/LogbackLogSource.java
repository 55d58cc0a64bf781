package io.flame4j.logs.sources;

import io.flame4j.logs.RunnerLogEvent;
import io.flame4j.logs.RunnerLogSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Hears what reaches the root logger of Logback. A logger with {@code additivity="false"} keeps its events from there, and
 * so from the parent.
 *
 * @since 0.1
 */
public final class LogbackLogSource implements RunnerLogSource {

    private volatile @Nullable LogbackTap tap;

    /** Makes one. */
    public LogbackLogSource() {}

    /** {@inheritDoc} */
    @Override
    public boolean start(Consumer<RunnerLogEvent> sink) {
        if (!isThere()) {
            return false;
        }
        tap = LogbackTap.attach(sink);
        return true;
    }

    /** {@inheritDoc} */
    @Override
    public void refresh() {
        LogbackTap current = tap;
        if (current != null) {
            current.refresh();
        }
    }

    /** Whether SLF4J logs by Logback; without naming a class of it, which may not be there. */
    static boolean isThere() {
        return LoggerFactory.getILoggerFactory().getClass().getName().equals("ch.qos.logback.classic.LoggerContext");
    }
}
