package io.flame4j.logs.sources;

import io.flame4j.logs.RunnerLogEvent;
import java.beans.PropertyChangeEvent;
import java.beans.PropertyChangeListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.Log4jContextFactory;
import org.apache.logging.log4j.message.Message;

/**
 * An appender that passes events on, and comes back when Log4j is configured anew. It belongs to no configuration, so that
 * none stops it. Holds no lock while it asks anything of Log4j, which has locks of its own and calls it under them.
 */
final class Log4jTap extends AbstractAppender implements PropertyChangeListener {

    /** A logger has one appender of a name. */
    private static final String NAME = "io.flame4j.logs";

    private final Consumer<RunnerLogEvent> sink;

    /** Those that tell of new configurations; none forgets whom to tell. */
    private final Set<LoggerContext> listenedTo =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private Log4jTap(Consumer<RunnerLogEvent> sink) {
        super(NAME, null, null, true, Property.EMPTY_ARRAY);
        this.sink = sink;
    }

    /** Whether Log4j's API logs by its core. */
    static boolean isCore() {
        return LogManager.getFactory() instanceof Log4jContextFactory;
    }

    static Log4jTap attach(Consumer<RunnerLogEvent> sink) {
        Log4jTap tap = new Log4jTap(sink);
        tap.start();
        // Now there is one.
        LogManager.getContext(false);
        tap.refresh();
        return tap;
    }

    /** Comes back where it is not there. There may be a context for each class loader, and new ones after others have been stopped. */
    void refresh() {
        if (LogManager.getFactory() instanceof Log4jContextFactory factory) {
            factory.getSelector().getLoggerContexts().forEach(this::attachTo);
        }
    }

    private void attachTo(LoggerContext loggers) {
        if (listenedTo.add(loggers)) {
            loggers.addPropertyChangeListener(this);
        }
        LoggerConfig root = loggers.getConfiguration().getRootLogger();
        if (root.getAppenders().get(NAME) != this) {
            root.addAppender(this, null, null);
        }
    }

    /** There is a new configuration, with a root logger of its own. */
    @Override
    public void propertyChange(PropertyChangeEvent event) {
        if (event.getSource() instanceof LoggerContext loggers) {
            attachTo(loggers);
        }
    }

    /** Copies all of it at once: Log4j may use the event and its message again as soon as this returns. */
    @Override
    public void append(LogEvent event) {
        Throwable thrown = event.getThrown();
        String logger = event.getLoggerName();
        sink.accept(new RunnerLogEvent(
                level(event.getLevel()),
                logger == null || logger.isEmpty() ? org.slf4j.Logger.ROOT_LOGGER_NAME : logger,
                event.getThreadName(),
                text(event.getMessage()),
                thrown == null ? null : trace(thrown),
                mdc(event)));
    }

    private static String text(Message message) {
        return String.valueOf(message == null ? null : message.getFormattedMessage());
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /** Without entries that are null, which Log4j allows. */
    private static Map<String, String> mdc(LogEvent event) {
        Map<String, String> mdc = new HashMap<>();
        event.getContextData().forEach((String key, Object value) -> {
            if (key != null && value != null) {
                mdc.put(key, value.toString());
            }
        });
        return mdc;
    }

    private static org.slf4j.event.Level level(Level level) {
        if (level.isMoreSpecificThan(Level.ERROR)) {
            return org.slf4j.event.Level.ERROR;
        } else if (level.isMoreSpecificThan(Level.WARN)) {
            return org.slf4j.event.Level.WARN;
        } else if (level.isMoreSpecificThan(Level.INFO)) {
            return org.slf4j.event.Level.INFO;
        }
        return level.isMoreSpecificThan(Level.DEBUG) ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.TRACE;
    }
}
