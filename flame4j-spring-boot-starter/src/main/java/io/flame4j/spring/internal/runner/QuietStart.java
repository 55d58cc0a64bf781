package io.flame4j.spring.internal.runner;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggerConfiguration;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Keeps Boot from logging why the context of a runner does not start: that goes to the parent, which logs it with the stack
 * trace. Only until the context has started, since a task may start applications too. Loggers to which the user has given a
 * level of their own keep it. Thread-safe.
 */
final class QuietStart {

    private static final Logger LOG = LoggerFactory.getLogger(QuietStart.class);

    /** They log why an application has not started, and nothing else that matters. */
    static final List<String> LOGGERS = List.of(
            SpringApplication.class.getName(), "org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter");

    private final Set<String> quiet = new LinkedHashSet<>();
    private @Nullable LoggingSystem logging;

    /** Turns them off; when the logging has been set up, so that the user's levels are there. */
    synchronized void begin(ClassLoader loader) {
        LoggingSystem system = LoggingSystem.get(loader);
        logging = system;
        try {
            for (String logger : LOGGERS) {
                if (!hasLevel(system, logger)) {
                    system.setLogLevel(logger, LogLevel.OFF);
                    quiet.add(logger);
                }
            }
        } catch (UnsupportedOperationException e) {
            // A logging system of the user's own, which has no levels: what it logs once more does no harm.
            LOG.debug("Boot's report of a context that does not start cannot be turned off: {}", e.toString());
        }
    }

    private static boolean hasLevel(LoggingSystem system, String logger) {
        LoggerConfiguration known = system.getLoggerConfiguration(logger);
        // Not known.getConfiguredLevel(), which has no level of a kind that Boot does not know.
        return known != null && known.getLevelConfiguration(LoggerConfiguration.ConfigurationScope.DIRECT) != null;
    }

    /** Leaves them to the levels of their parents again. Has no effect a second time. */
    synchronized void end() {
        LoggingSystem system = logging;
        if (system != null) {
            quiet.forEach(logger -> system.setLogLevel(logger, null));
            quiet.clear();
        }
    }
}
