package io.flame4j.logs.sources;

import io.flame4j.logs.RunnerLogEvent;
import io.flame4j.logs.RunnerLogSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Hears what reaches the root logger of Log4j 2, where SLF4J logs by it; what is logged by Log4j's own API is heard as well.
 * Where SLF4J logs by something else nothing is heard, since the parent, which logs by SLF4J, could not log it by Log4j
 * either. A logger with {@code additivity="false"} keeps its events from there, and so from the parent.
 *
 * @since 0.1
 */
public final class Log4jLogSource implements RunnerLogSource {

    private volatile @Nullable Log4jTap tap;

    /** Makes one. */
    public Log4jLogSource() {}

    /** {@inheritDoc} */
    @Override
    public boolean start(Consumer<RunnerLogEvent> sink) {
        if (!isThere()) {
            return false;
        }
        tap = Log4jTap.attach(sink);
        return true;
    }

    /** {@inheritDoc} */
    @Override
    public void refresh() {
        Log4jTap current = tap;
        if (current != null) {
            current.refresh();
        }
    }

    /**
     * Whether SLF4J logs by Log4j, and that by its core, which can be replaced; without naming a class of either, which may
     * not be there.
     */
    static boolean isThere() {
        Object factory = LoggerFactory.getILoggerFactory();
        if (!factory.getClass().getName().equals("org.apache.logging.slf4j.Log4jLoggerFactory")) {
            return false;
        }
        try {
            Class.forName("org.apache.logging.log4j.core.LoggerContext", false, Log4jLogSource.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return false;
        }
        return Log4jTap.isCore();
    }
}
