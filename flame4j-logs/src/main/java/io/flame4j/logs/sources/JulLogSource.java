package io.flame4j.logs.sources;

import io.flame4j.logs.RunnerLogEvent;
import io.flame4j.logs.RunnerLogSource;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Hears what reaches the root logger of java.util.logging, where that is what SLF4J logs by, where SLF4J logs by nothing, or
 * beside Logback or Log4j 2. What a bridge of SLF4J or Log4j takes from there is left to the source of the library that it is
 * taken to.
 *
 * @since 0.1
 */
public final class JulLogSource implements RunnerLogSource {

    /** The implementations of SLF4J beside which java.util.logging is heard: its own, none. */
    private static final Set<String> FACTORIES =
            Set.of("org.slf4j.jul.JDK14LoggerFactory", "org.slf4j.helpers.NOPLoggerFactory");

    private volatile @Nullable JulTap tap;

    /** Makes one. */
    public JulLogSource() {}

    /** {@inheritDoc} */
    @Override
    public boolean start(Consumer<RunnerLogEvent> sink) {
        if (ModuleLayer.boot().findModule("java.logging").isEmpty()) {
            return false;
        }
        String factory = LoggerFactory.getILoggerFactory().getClass().getName();
        if (!FACTORIES.contains(factory) && !LogbackLogSource.isThere() && !Log4jLogSource.isThere()) {
            return false;
        }
        JulTap made = new JulTap(sink);
        made.refresh();
        tap = made;
        return true;
    }

    /** {@inheritDoc} */
    @Override
    public void refresh() {
        JulTap current = tap;
        if (current != null) {
            current.refresh();
        }
    }
}
