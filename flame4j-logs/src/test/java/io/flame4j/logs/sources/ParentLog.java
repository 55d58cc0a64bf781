package io.flame4j.logs.sources;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What reaches the log of this process, which is Logback's, while a test runs. */
final class ParentLog implements BeforeEachCallback, AfterEachCallback {

    static final Duration LONG = Duration.ofMinutes(1);

    /** By it the output of runners of the pool {@code logs} is logged. */
    static final String OUTPUT = "io.flame4j.runner.logs";

    /** An option of this process and of runners, which have several implementations of SLF4J on their class path. */
    static final String LOGBACK = "-Dslf4j.provider=ch.qos.logback.classic.spi.LogbackServiceProvider";

    static final String LOG4J = "-Dslf4j.provider=org.apache.logging.slf4j.SLF4JServiceProvider";

    private final Recorder recorder = new Recorder();

    private static final class Recorder extends AppenderBase<ILoggingEvent> {
        private final ConcurrentLinkedQueue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            events.add(event);
        }
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        recorder.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        recorder.start();
        root().addAppender(recorder);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        root().detachAppender(recorder);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    /** All so far. */
    List<ILoggingEvent> all() {
        return List.copyOf(recorder.events);
    }

    /** Those so far that are none of the runner's output. */
    List<ILoggingEvent> events() {
        return recorder.events.stream()
                .filter(event -> !event.getLoggerName().equals(OUTPUT))
                .toList();
    }

    /** Waits for the first of a kind. */
    ILoggingEvent await(Predicate<ILoggingEvent> wanted) {
        return Awaitility.await()
                .atMost(LONG)
                .until(() -> recorder.events.stream().filter(wanted).findFirst().orElse(null), found -> found != null);
    }

    /** As {@link #await}, but none of the runner's output. */
    ILoggingEvent awaitEvent(Predicate<ILoggingEvent> wanted) {
        return await(wanted.and(event -> !event.getLoggerName().equals(OUTPUT)));
    }

    static Predicate<ILoggingEvent> says(String text) {
        return event -> event.getFormattedMessage().contains(text);
    }
}
