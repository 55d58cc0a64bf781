package io.flame4j.spring.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggerConfiguration;
import org.springframework.boot.logging.LoggingSystem;

class QuietStartTest {

    private static final ClassLoader LOADER = QuietStartTest.class.getClassLoader();
    private static final String FIRST = QuietStart.LOGGERS.get(0);
    private static final String SECOND = QuietStart.LOGGERS.get(1);

    private final LoggingSystem logging = LoggingSystem.get(LOADER);

    @AfterEach
    void restore() {
        QuietStart.LOGGERS.forEach(logger -> logging.setLogLevel(logger, null));
    }

    private @Nullable LogLevel level(String logger) {
        LoggerConfiguration known = logging.getLoggerConfiguration(logger);
        return known == null ? null : known.getConfiguredLevel();
    }

    @Test
    void loggers_are_off_until_the_end_and_a_level_of_their_own_wins() {
        logging.setLogLevel(SECOND, LogLevel.ERROR);
        QuietStart quiet = new QuietStart();

        quiet.begin(LOADER);
        assertThat(level(FIRST)).isEqualTo(LogLevel.OFF);
        assertThat(level(SECOND)).isEqualTo(LogLevel.ERROR);

        quiet.end();
        assertThat(level(FIRST)).isNull();
        assertThat(level(SECOND)).isEqualTo(LogLevel.ERROR);

        logging.setLogLevel(FIRST, LogLevel.DEBUG);
        quiet.end();
        assertThat(level(FIRST)).isEqualTo(LogLevel.DEBUG);
    }

    @Test
    void without_a_begin_the_end_changes_nothing() {
        logging.setLogLevel(FIRST, LogLevel.OFF);
        new QuietStart().end();
        assertThat(level(FIRST)).isEqualTo(LogLevel.OFF);
    }
}
