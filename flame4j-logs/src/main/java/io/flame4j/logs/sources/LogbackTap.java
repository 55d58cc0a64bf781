package io.flame4j.logs.sources;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.flame4j.logs.RunnerLogEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** An appender that passes events on, and comes back when Logback is configured anew. */
final class LogbackTap extends UnsynchronizedAppenderBase<ILoggingEvent> implements LoggerContextListener {

    private final Consumer<RunnerLogEvent> sink;

    private LogbackTap(Consumer<RunnerLogEvent> sink) {
        this.sink = sink;
        setName("flame4j");
    }

    static LogbackTap attach(Consumer<RunnerLogEvent> sink) {
        LogbackTap tap = new LogbackTap(sink);
        tap.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        tap.refresh();
        return tap;
    }

    /** Comes back when it is not there: stopping Logback, as Spring Boot does when it starts, sends all listeners away. */
    void refresh() {
        LoggerContext loggers = (LoggerContext) getContext();
        attachTo(loggers);
        if (!loggers.getCopyOfListenerList().contains(this)) {
            loggers.addListener(this);
        }
    }

    /** It may be attached by the thread that configures Logback and by that of the outbox, and is so once. */
    private synchronized void attachTo(LoggerContext loggers) {
        Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        if (!isStarted() || !root.isAttached(this)) {
            start();
            root.addAppender(this);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        String message = event.getFormattedMessage();
        sink.accept(new RunnerLogEvent(
                level(event.getLevel()),
                event.getLoggerName(),
                event.getThreadName(),
                message == null ? "null" : message,
                thrown == null ? null : ThrowableProxyUtil.asString(thrown),
                mdc(event)));
    }

    /** Without entries that are null, which Logback allows. */
    private static Map<String, String> mdc(ILoggingEvent event) {
        Map<String, String> present = event.getMDCPropertyMap();
        Map<String, String> mdc = new HashMap<>();
        present.forEach((key, value) -> {
            if (key != null && value != null) {
                mdc.put(key, value);
            }
        });
        return mdc;
    }

    private static org.slf4j.event.Level level(Level level) {
        if (level.isGreaterOrEqual(Level.ERROR)) {
            return org.slf4j.event.Level.ERROR;
        } else if (level.isGreaterOrEqual(Level.WARN)) {
            return org.slf4j.event.Level.WARN;
        } else if (level.isGreaterOrEqual(Level.INFO)) {
            return org.slf4j.event.Level.INFO;
        }
        return level.isGreaterOrEqual(Level.DEBUG) ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.TRACE;
    }

    /** Without it, a reset would send this listener away. */
    @Override
    public boolean isResetResistant() {
        return true;
    }

    /** All appenders have just been detached. */
    @Override
    public void onReset(LoggerContext loggers) {
        attachTo(loggers);
    }

    @Override
    public void onStart(LoggerContext loggers) {}

    @Override
    public void onStop(LoggerContext loggers) {}

    @Override
    public void onLevelChange(Logger logger, Level level) {}
}
