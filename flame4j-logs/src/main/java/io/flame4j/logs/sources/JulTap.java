package io.flame4j.logs.sources;

import io.flame4j.logs.RunnerLogEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UnsupportedEncodingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.ConsoleHandler;
import java.util.logging.ErrorManager;
import java.util.logging.Filter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A handler that passes records on. It takes the place of the JDK's console handler, which goes on as before behind it, since
 * Spring Boot has java.util.logging's records logged by its own library only where it finds a console handler at most; Boot
 * removes that one then, and this comes back beside Boot's.
 */
final class JulTap extends ConsoleHandler {

    /** They pass records on to SLF4J or Log4j, where they are heard. */
    private static final Set<String> BRIDGES =
            Set.of("org.slf4j.bridge.SLF4JBridgeHandler", "org.apache.logging.log4j.jul.Log4jBridgeHandler");

    /** Its logger must not be collected. */
    private static final Logger ROOT = Logger.getLogger("");

    private final Consumer<RunnerLogEvent> sink;
    private final SimpleFormatter formatter = new SimpleFormatter();

    /** In whose place this is; null in nobody's. */
    private volatile @Nullable Handler console;

    JulTap(Consumer<RunnerLogEvent> sink) {
        this.sink = sink;
    }

    /** Comes back when the log manager has been reset. */
    synchronized void refresh() {
        Handler[] handlers = ROOT.getHandlers();
        if (List.of(handlers).contains(this)) {
            return;
        }
        Handler only = handlers.length == 1 && handlers[0].getClass() == ConsoleHandler.class ? handlers[0] : null;
        console = only;
        ROOT.addHandler(this);
        if (only != null) {
            ROOT.removeHandler(only);
        }
    }

    @Override
    public void publish(LogRecord record) {
        Handler behind = console;
        if (behind != null) {
            behind.publish(record);
        }
        if (record == null || isBridged()) {
            return;
        }
        Throwable thrown = record.getThrown();
        String logger = record.getLoggerName();
        String message = formatter.formatMessage(record);
        sink.accept(new RunnerLogEvent(
                level(record.getLevel()),
                logger == null || logger.isEmpty() ? "root" : logger,
                Thread.currentThread().getName(),
                message == null ? "null" : message,
                thrown == null ? null : trace(thrown),
                mdc()));
    }

    private static boolean isBridged() {
        for (Handler handler : ROOT.getHandlers()) {
            if (BRIDGES.contains(handler.getClass().getName())) {
                return true;
            }
        }
        return false;
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private static Map<String, String> mdc() {
        Map<String, String> present = MDC.getCopyOfContextMap();
        Map<String, String> mdc = new HashMap<>();
        if (present != null) {
            present.forEach((key, value) -> {
                if (key != null && value != null) {
                    mdc.put(key, value);
                }
            });
        }
        return mdc;
    }

    private static org.slf4j.event.Level level(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return org.slf4j.event.Level.ERROR;
        } else if (value >= Level.WARNING.intValue()) {
            return org.slf4j.event.Level.WARN;
        } else if (value >= Level.INFO.intValue()) {
            return org.slf4j.event.Level.INFO;
        }
        return value >= Level.FINE.intValue() ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.TRACE;
    }

    // Who asks the root logger for its console's handler means that one. There is none yet when the constructor calls.

    @Override
    public void setLevel(Level level) {
        Handler behind = console;
        if (behind != null) {
            behind.setLevel(level);
        }
    }

    @Override
    public Level getLevel() {
        Handler behind = console;
        return behind == null ? super.getLevel() : behind.getLevel();
    }

    @Override
    public void setFilter(@Nullable Filter filter) {
        Handler behind = console;
        if (behind != null) {
            behind.setFilter(filter);
        }
    }

    @Override
    public @Nullable Filter getFilter() {
        Handler behind = console;
        return behind == null ? super.getFilter() : behind.getFilter();
    }

    @Override
    public void setFormatter(Formatter formatter) {
        Handler behind = console;
        if (behind == null) {
            super.setFormatter(formatter);
        } else {
            behind.setFormatter(formatter);
        }
    }

    @Override
    public Formatter getFormatter() {
        Handler behind = console;
        return behind == null ? super.getFormatter() : behind.getFormatter();
    }

    @Override
    public void setEncoding(@Nullable String encoding) throws UnsupportedEncodingException {
        Handler behind = console;
        if (behind != null) {
            behind.setEncoding(encoding);
        }
    }

    @Override
    public @Nullable String getEncoding() {
        Handler behind = console;
        return behind == null ? super.getEncoding() : behind.getEncoding();
    }

    @Override
    public void setErrorManager(ErrorManager manager) {
        Handler behind = console;
        if (behind == null) {
            super.setErrorManager(manager);
        } else {
            behind.setErrorManager(manager);
        }
    }

    @Override
    public ErrorManager getErrorManager() {
        Handler behind = console;
        return behind == null ? super.getErrorManager() : behind.getErrorManager();
    }

    @Override
    public void flush() {
        Handler behind = console;
        if (behind != null) {
            behind.flush();
        }
    }

    @Override
    public void close() {
        flush();
    }
}
