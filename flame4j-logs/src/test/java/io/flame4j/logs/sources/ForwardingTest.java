package io.flame4j.logs.sources;

import static io.flame4j.logs.sources.ParentLog.LOGBACK;
import static io.flame4j.logs.sources.ParentLog.LONG;
import static io.flame4j.logs.sources.ParentLog.OUTPUT;
import static io.flame4j.logs.sources.ParentLog.says;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.LogForwarding;
import io.flame4j.PoolListener;
import io.flame4j.RunnerInitializer;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.ProcessBackend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What runners that are processes log by Logback and java.util.logging reaches Logback here. */
class ForwardingTest {

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

    private static FlamePoolBuilder builder() {
        return FlamePool.builder("logs")
                .backend(
                        ProcessBackend.builder().heap("96m").jvmOptions(LOGBACK).build())
                .max(1)
                .timeout(LONG);
    }

    /** Prepares a runner, and says so. */
    public static final class Preparing implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {
            LoggerFactory.getLogger("shop.Preparing").info("prepares {}", parent.runnerId());
        }
    }

    @Test
    void what_a_task_puts_into_the_mdc_is_gone_after_it() {
        pool = builder().build();
        MDC.put("request", "r-17");
        assertThat(pool.call(() -> MDC.get("request"))).isEqualTo("r-17");
        MDC.clear();
        assertThat(pool.call(() -> {
                    MDC.put("user", "alice");
                    return MDC.get("user");
                }))
                .isEqualTo("alice");
        assertThat(pool.call(() -> "user " + MDC.get("user")))
                .as("what the next task on that thread finds")
                .isEqualTo("user null");
    }

    @Test
    void level_logger_mdc_and_trace_arrive_with_the_runners_id() {
        pool = builder().forwardLogs(true).initializer(Preparing.class).build();
        MDC.put("request", "r-17");
        pool.call(() -> {
            MDC.put("picture", "p-3");
            LoggerFactory.getLogger("shop.Thumbnails")
                    .warn("is {} pixels wide", 0, new IllegalStateException("no picture"));
        });

        ILoggingEvent event = log.awaitEvent(says("pixels wide"));
        assertThat(event.getLevel()).isEqualTo(Level.WARN);
        assertThat(event.getLoggerName()).isEqualTo("shop.Thumbnails");
        assertThat(event.getFormattedMessage())
                .startsWith("[logs-1] is 0 pixels wide\n    java.lang.IllegalStateException: no picture\n    \tat ")
                .contains("ForwardingTest");
        assertThat(event.getMDCPropertyMap())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "request", "r-17", "picture", "p-3", "flame4j.pool", "logs", "flame4j.runner", "logs-1"));
        System.out.println(
                "forwarded: " + event.getLevel() + " " + event.getLoggerName() + " " + event.getMDCPropertyMap() + " "
                        + event.getFormattedMessage().lines().findFirst().orElse(""));
        // The initializer was heard too; until the first event has come, the lines of its output are logged as well.
        log.await(heard -> heard.getFormattedMessage().equals("[logs-1] prepares logs-1"));
        assertThat(log.events()).filteredOn(says("pixels wide")).hasSize(1);
    }

    @Test
    void the_mdc_of_the_caller_is_in_the_task_and_gone_after_it() {
        pool = builder().maxConcurrency(1).build();
        MDC.put("request", "r-17");
        Map<String, String> inTask = pool.call(() -> {
            MDC.put("left", "behind");
            return MDC.getCopyOfContextMap();
        });
        MDC.clear();
        Map<String, String> afterwards = pool.call(() -> MDC.getCopyOfContextMap());
        System.out.println("MDC in the task: " + inTask + ", in the next one: " + afterwards);

        assertThat(inTask).containsEntry("request", "r-17").containsEntry("left", "behind");
        assertThat(afterwards == null || afterwards.isEmpty()).isTrue();
    }

    @Test
    void java_util_logging_is_heard_as_well() {
        pool = builder().forwardLogs(true).build();
        pool.call(() -> java.util.logging.Logger.getLogger("shop.Old")
                .log(java.util.logging.Level.SEVERE, "old {0} out", new Object[] {"way"}));

        ILoggingEvent event = log.awaitEvent(says("old way out"));
        assertThat(event.getLevel()).isEqualTo(Level.ERROR);
        assertThat(event.getLoggerName()).isEqualTo("shop.Old");
    }

    @Test
    void a_new_configuration_on_the_runner_does_not_end_it() {
        pool = builder().forwardLogs(true).build();
        pool.call(() -> {
            LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
            loggers.reset();
            loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
            LoggerFactory.getLogger("shop").info("is not logged any more");
            LoggerFactory.getLogger("shop").warn("after the reset");
        });
        log.await(says("after the reset"));
        assertThat(log.all()).noneMatch(says("is not logged any more"));
    }

    /** As Spring Boot does when it starts: that sends listeners away as well. */
    @Test
    void stopping_logback_on_the_runner_ends_it_for_a_moment_only() {
        pool = builder().forwardLogs(true).build();
        pool.call(() -> {
            LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
            loggers.stop();
            loggers.reset();
            java.util.logging.LogManager.getLogManager().reset();
        });
        Awaitility.await().atMost(LONG).until(() -> {
            pool.call(() -> {
                LoggerFactory.getLogger("shop").warn("after the stop");
                java.util.logging.Logger.getLogger("shop.Old").warning("old after the reset");
            });
            return log.all().stream().anyMatch(says("] after the stop"))
                    && log.all().stream().anyMatch(says("old after the reset"));
        });
    }

    @Test
    void output_alone_is_logged_as_lines() {
        pool = builder().forwardLogs(LogForwarding.OUTPUT).build();
        pool.call(() -> LoggerFactory.getLogger("shop").warn("a warning"));

        ILoggingEvent event = log.await(says("a warning"));
        assertThat(event.getLevel()).isEqualTo(Level.INFO);
        assertThat(event.getLoggerName()).isEqualTo(OUTPUT);
        assertThat(event.getFormattedMessage()).startsWith("[logs-1] ").contains("WARN", "shop");
    }

    @Test
    void off_is_silent_but_errors_have_the_last_lines() {
        List<RunnerLostException> losses = new CopyOnWriteArrayList<>();
        pool = builder()
                .forwardLogs(false)
                .listener(new PoolListener() {
                    @Override
                    public void onRunnerLost(String name, String runnerId, RunnerLostException loss) {
                        losses.add(loss);
                    }
                })
                .build();
        pool.cast(() -> {
            LoggerFactory.getLogger("shop").warn("a warning");
            System.out.println("the last line");
            Runtime.getRuntime().halt(3);
        });
        Awaitility.await().atMost(LONG).until(() -> !losses.isEmpty());
        assertThat(losses.get(0)).hasMessageContaining("the last line").hasMessageContaining("code 3");
        assertThat(log.all())
                .filteredOn(event -> event.getLoggerName().equals(OUTPUT)
                        || event.getLoggerName().equals("shop"))
                .isEmpty();
    }

    /**
     * A task logs as fast as it can for longer than three heartbeats. It would take the runner for lost if that kept
     * heartbeats from getting through, and would not end if logging made it wait for the parent.
     */
    @Test
    void a_flood_loses_lines_and_says_so_but_no_heartbeats_calls_or_memory() throws Exception {
        pool = builder().forwardLogs(true).heartbeat(Duration.ofSeconds(1)).build();
        CompletableFuture<Long> flood = pool.callAsync(() -> {
            // Not to the console, which would only be slower.
            LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
            loggers.reset();
            long lines = 0;
            for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5); System.nanoTime() < end; lines++) {
                LoggerFactory.getLogger("flood").info("line {} {}", lines, "x".repeat(200));
            }
            return lines;
        });
        int others = 0;
        while (!flood.isDone()) {
            assertThat(pool.call(() -> 1)).isEqualTo(1);
            others++;
        }
        long lines = flood.get(1, TimeUnit.MINUTES);
        ILoggingEvent told = log.await(says("log events were left out"));
        System.out.println("flood: " + lines + " lines, " + others + " other calls; " + told.getFormattedMessage());

        assertThat(told.getLevel()).isEqualTo(Level.WARN);
        assertThat(told.getFormattedMessage()).startsWith("[logs-1] ");
        assertThat(pool.stats().runners())
                .hasSize(1)
                .allMatch(runner -> runner.id().equals("logs-1"));
        assertThat(log.all().stream().filter(event -> event.getLoggerName().equals("flood")))
                .isNotEmpty()
                .hasSizeLessThan((int) Math.min(lines, 200_000));
    }
}
