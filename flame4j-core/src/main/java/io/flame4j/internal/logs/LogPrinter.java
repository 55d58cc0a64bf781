package io.flame4j.internal.logs;

import io.flame4j.internal.bytes.LogText;
import io.flame4j.logs.RunnerLogEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.MDC;

/**
 * Logs what runners have logged. They may have been taken over: text is made fit for the log, each message begins with
 * the id of the runner that it came from, and loggers, which logging libraries never forget, are made for so many names
 * only. Belongs to one thread at a time.
 */
final class LogPrinter {

    static final String POOL_KEY = "flame4j.pool";
    static final String RUNNER_KEY = "flame4j.runner";

    /** Most names of loggers that runners may bring along. */
    static final int MAX_LOGGERS = 2_000;

    private static final String OWN_KEYS = "flame4j.";

    private final String pool;
    private final ILoggerFactory loggers;
    private final Logger fallback;
    private final Set<String> names = new HashSet<>();

    LogPrinter(String pool, ILoggerFactory loggers) {
        this.pool = pool;
        this.loggers = loggers;
        this.fallback = loggers.getLogger("io.flame4j.runner." + pool);
    }

    void print(String runnerId, RunnerLogEvent event) {
        boolean known = isKnown(event.logger());
        Logger logger = known ? loggers.getLogger(event.logger()) : fallback;
        if (!logger.isEnabledForLevel(event.level())) {
            return;
        }
        try {
            MDC.setContextMap(mdc(runnerId, event));
            logger.makeLoggingEventBuilder(event.level()).log(text(runnerId, event, known));
        } finally {
            MDC.clear();
        }
    }

    /** Says something of a runner in the parent's own words. */
    void warn(String runnerId, String what) {
        fallback.warn("[{}] {}", runnerId, what);
    }

    private boolean isKnown(String name) {
        if (names.contains(name)) {
            return true;
        }
        boolean fit = !name.isEmpty()
                && name.length() <= LogBatch.MAX_NAME
                && names.size() < MAX_LOGGERS
                && name.chars().allMatch(LogPrinter::isNamePart);
        return fit && names.add(name);
    }

    private static boolean isNamePart(int c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '-' || c == '$';
    }

    private Map<String, String> mdc(String runnerId, RunnerLogEvent event) {
        Map<String, String> mdc = new HashMap<>();
        event.mdc().forEach((key, value) -> {
            if (!key.startsWith(OWN_KEYS)) {
                mdc.put(LogText.oneLine(key, LogBatch.MAX_NAME), LogText.oneLine(value, LogBatch.MAX_MDC_VALUE));
            }
        });
        mdc.put(POOL_KEY, pool);
        mdc.put(RUNNER_KEY, runnerId);
        return mdc;
    }

    private static String text(String runnerId, RunnerLogEvent event, boolean known) {
        StringBuilder text = new StringBuilder("[").append(runnerId).append("] ");
        if (!known) {
            text.append(LogText.oneLine(event.logger(), LogBatch.MAX_NAME)).append(": ");
        }
        text.append(LogText.paragraph(event.message(), LogBatch.MAX_MESSAGE));
        String trace = event.trace();
        if (trace != null) {
            // A first line of its own is indented too.
            text.append(LogText.paragraph("\n" + trace, LogBatch.MAX_TRACE + 1));
        }
        return text.toString();
    }
}
