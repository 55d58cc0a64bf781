package io.flame4j.logs.sources;

import static io.flame4j.logs.sources.ParentLog.LOG4J;
import static io.flame4j.logs.sources.ParentLog.LOGBACK;
import static io.flame4j.logs.sources.ParentLog.LONG;
import static io.flame4j.logs.sources.ParentLog.OUTPUT;
import static io.flame4j.logs.sources.ParentLog.says;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.ProcessBackendBuilder;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;
import org.apache.logging.log4j.jul.Log4jBridgeHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What runners that are processes log by Log4j 2 reaches the log of this process. */
class Log4jForwardingTest {

    private static final int BURST = 300;

    @RegisterExtension
    final ParentLog log = new ParentLog();

    private FlamePool pool;

    @AfterEach
    void close() {
        MDC.clear();
        if (pool != null) {
            pool.shutdownNow();
        }
    }

    private static ProcessBackendBuilder runners(String... options) {
        return ProcessBackend.builder().heap("96m").jvmOptions(options);
    }

    private static FlamePoolBuilder pool(ProcessBackendBuilder runners) {
        return FlamePool.builder("logs")
                .backend(runners.build())
                .max(1)
                .timeout(LONG)
                .forwardLogs(true);
    }

    private FlamePool log4jPool(String... options) {
        return pool(runners(Stream.concat(Stream.of(LOG4J), Stream.of(options)).toArray(String[]::new)))
                .build();
    }

    /** This class path without jars whose names begin with one of these. */
    private static List<Path> classPathWithout(String... names) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(entry -> Stream.of(names)
                        .noneMatch(name -> entry.getFileName().toString().startsWith(name)))
                .toList();
    }

    @Test
    void level_logger_mdc_and_trace_arrive_with_the_runners_id() {
        pool = log4jPool();
        MDC.put("request", "r-17");
        pool.call(() -> {
            MDC.put("picture", "p-3");
            MDC.put("nothing", null);
            LoggerFactory.getLogger("shop.Thumbnails")
                    .warn("is {} pixels wide", 0, new IllegalStateException("no picture"));
        });

        ILoggingEvent event = log.awaitEvent(says("pixels wide"));
        assertThat(event.getLevel()).isEqualTo(ch.qos.logback.classic.Level.WARN);
        assertThat(event.getLoggerName()).isEqualTo("shop.Thumbnails");
        assertThat(event.getFormattedMessage())
                .startsWith("[logs-1] is 0 pixels wide\n    java.lang.IllegalStateException: no picture\n    \tat ")
                .contains("Log4jForwardingTest");
        assertThat(event.getMDCPropertyMap())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "request", "r-17", "picture", "p-3", "flame4j.pool", "logs", "flame4j.runner", "logs-1"));
    }

    @Test
    void what_is_logged_by_the_api_of_log4j_is_heard_at_the_nearest_level() {
        pool = log4jPool();
        pool.call(() -> {
            ThreadContext.put("picture", "p-4");
            LogManager.getLogger("shop.Api").fatal("is {}", "fatal");
            LogManager.getLogger("shop.Api").log(Level.forName("NOTICE", 350), "is a notice");
            LogManager.getLogger("shop.Api").debug("is not logged");
            LogManager.getRootLogger().error("of the root");
        });

        ILoggingEvent root = log.awaitEvent(says("of the root"));
        assertThat(root.getLoggerName()).isEqualTo(org.slf4j.Logger.ROOT_LOGGER_NAME);
        assertThat(log.events())
                .filteredOn(event -> event.getLoggerName().equals("shop.Api"))
                .extracting(event -> event.getLevel() + " " + event.getFormattedMessage() + " "
                        + event.getMDCPropertyMap().get("picture"))
                .containsExactly("ERROR [logs-1] is fatal p-4", "INFO [logs-1] is a notice p-4");
    }

    @Test
    void a_logger_that_is_not_additive_keeps_its_events() {
        pool = log4jPool();
        pool.call(() -> {
            LoggerFactory.getLogger("shop.Private").warn("a secret");
            LoggerFactory.getLogger("shop").warn("none");
        });
        log.awaitEvent(says("none"));
        assertThat(log.events()).noneMatch(says("a secret"));
    }

    @Test
    void a_new_configuration_on_the_runner_does_not_end_it() {
        pool = log4jPool();
        pool.call(() -> {
            ConfigurationBuilder<BuiltConfiguration> next = ConfigurationBuilderFactory.newConfigurationBuilder();
            Configurator.reconfigure(next.add(next.newRootLogger(Level.WARN)).build());
            LoggerFactory.getLogger("shop").info("is not logged any more");
            LoggerFactory.getLogger("shop").warn("after the new configuration");
        });
        log.awaitEvent(says("after the new configuration"));
        assertThat(log.events())
                .noneMatch(says("is not logged any more"))
                .filteredOn(says("after the new configuration"))
                .hasSize(1);
    }

    /** A logger that is made after that belongs to a new context, which nobody has told of the appender. */
    @Test
    void stopping_log4j_on_the_runner_ends_it_for_a_moment_only() {
        pool = log4jPool();
        pool.call(() -> LogManager.shutdown());
        Awaitility.await().atMost(LONG).until(() -> {
            pool.call(() -> LoggerFactory.getLogger("shop").warn("after the stop"));
            return log.events().stream().anyMatch(says("] after the stop"));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Dlog4j2.contextSelector=org.apache.logging.log4j.core.async.AsyncLoggerContextSelector",
                "-Dlog4j2.configurationFile=classpath:log4j2-asyncroot.xml"
            })
    void events_that_log4j_uses_again_arrive_as_they_were(String option) {
        pool = log4jPool(option);
        String loggers = pool.call(() -> {
            for (int i = 0; i < BURST; i++) {
                MDC.put("number", "n-" + i);
                LoggerFactory.getLogger("shop.L" + i % 7).info("event {}", i);
            }
            MDC.clear();
            Thread.currentThread().setName("another");
            LoggerFactory.getLogger("shop").info("the last one");
            LoggerContext context = (LoggerContext) LogManager.getContext(false);
            return context.getClass().getName() + " "
                    + context.getConfiguration().getRootLogger().getClass().getName();
        });
        assertThat(loggers).as("what the option asks for").contains(".async.");
        log.awaitEvent(says("the last one"));
        List<String> burst = log.events().stream()
                .filter(event -> event.getLoggerName().startsWith("shop.L"))
                .map(event -> event.getLoggerName()
                        + event.getFormattedMessage()
                        + event.getMDCPropertyMap().get("number"))
                .toList();
        assertThat(burst)
                .containsExactlyElementsOf(Stream.iterate(0, i -> i + 1)
                        .limit(BURST)
                        .map(i -> "shop.L" + i % 7 + "[logs-1] event " + i + "n-" + i)
                        .toList());
    }

    @Test
    void java_util_logging_is_heard_as_well() {
        pool = log4jPool();
        pool.call(() -> java.util.logging.Logger.getLogger("shop.Old")
                .log(java.util.logging.Level.SEVERE, "old {0} out", new Object[] {"way"}));

        ILoggingEvent event = log.awaitEvent(says("old way out"));
        assertThat(event.getLevel()).isEqualTo(ch.qos.logback.classic.Level.ERROR);
        assertThat(event.getLoggerName()).isEqualTo("shop.Old");
    }

    @Test
    void what_the_bridge_of_log4j_takes_from_java_util_logging_is_heard_once() {
        pool = log4jPool();
        pool.call(() -> {
            Log4jBridgeHandler.install(true, null, false);
            oldAndNew();
        });
        assertOldIsHeardOnce();
    }

    @Test
    void what_log4j_takes_from_java_util_logging_as_its_manager_is_heard_once() {
        pool = log4jPool("-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager");
        pool.call(() -> oldAndNew());
        assertOldIsHeardOnce();
    }

    private static void oldAndNew() {
        java.util.logging.Logger.getLogger("shop.Old").warning("the old way");
        LoggerFactory.getLogger("shop").warn("the new way");
    }

    private void assertOldIsHeardOnce() {
        log.awaitEvent(says("the new way"));
        assertThat(log.events())
                .filteredOn(says("the old way"))
                .singleElement()
                .satisfies(event -> assertThat(event.getLoggerName()).isEqualTo("shop.Old"));
    }

    @Test
    void log4j_is_heard_where_logback_is_not_there() {
        pool = pool(runners(LOG4J).classPath(classPathWithout("logback"))).build();
        pool.call(() -> LoggerFactory.getLogger("shop").warn("without logback"));
        log.awaitEvent(says("without logback"));
        assertThat(log.all()).noneMatch(says("is left out"));
    }

    @Test
    void logback_is_heard_where_log4j_is_not_there() {
        pool = pool(runners(LOGBACK).classPath(classPathWithout("log4j"))).build();
        pool.call(() -> LoggerFactory.getLogger("shop").warn("without log4j"));
        log.awaitEvent(says("without log4j"));
        assertThat(log.all()).noneMatch(says("is left out"));
    }

    /** Then its API logs errors to the console, and no core can be heard. */
    @Test
    void where_the_core_of_log4j_is_not_there_the_output_is_logged() {
        pool = pool(runners(LOG4J).classPath(classPathWithout("log4j-core"))).build();
        pool.call(() -> LoggerFactory.getLogger("shop").error("without the core"));
        assertThat(log.await(says("without the core")).getLoggerName()).isEqualTo(OUTPUT);
        assertThat(log.all()).noneMatch(says("is left out"));
    }
}
