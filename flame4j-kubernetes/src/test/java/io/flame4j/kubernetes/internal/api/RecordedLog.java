package io.flame4j.kubernetes.internal.api;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger that keeps what it is told from some level on. */
final class RecordedLog extends AbstractLogger {

    private static final long serialVersionUID = 1L;

    private final transient List<String> lines = new CopyOnWriteArrayList<>();
    private final transient List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Level from;

    RecordedLog() {
        this(Level.INFO);
    }

    RecordedLog(Level from) {
        this.from = from;
    }

    List<String> lines() {
        return lines;
    }

    List<Throwable> failures() {
        return failures;
    }

    private boolean keeps(Level level) {
        return level.toInt() >= from.toInt();
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object @Nullable [] arguments, @Nullable Throwable failure) {
        lines.add(level + " " + MessageFormatter.arrayFormat(pattern, arguments).getMessage());
        if (failure != null) {
            failures.add(failure);
        }
    }

    @Override
    public boolean isTraceEnabled() {
        return keeps(Level.TRACE);
    }

    @Override
    public boolean isTraceEnabled(Marker marker) {
        return keeps(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return keeps(Level.DEBUG);
    }

    @Override
    public boolean isDebugEnabled(Marker marker) {
        return keeps(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return keeps(Level.INFO);
    }

    @Override
    public boolean isInfoEnabled(Marker marker) {
        return keeps(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return keeps(Level.WARN);
    }

    @Override
    public boolean isWarnEnabled(Marker marker) {
        return keeps(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return keeps(Level.ERROR);
    }

    @Override
    public boolean isErrorEnabled(Marker marker) {
        return keeps(Level.ERROR);
    }
}
