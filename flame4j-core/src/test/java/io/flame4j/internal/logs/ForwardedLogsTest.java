package io.flame4j.internal.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.logs.RunnerLogEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A runner's outbox, a parent's inbox, and what goes from one to the other, with both ends in the hand of the test. */
class ForwardedLogsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<String> printed = new ArrayList<>();
    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
    private final AtomicLong now = new AtomicLong();
    private LogOutbox outbox;
    private Thread sender;

    private final class Recorder extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1L;

        private Recorder(String name) {
            this.name = name;
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return !name.startsWith("quiet");
        }

        @Override
        public boolean isInfoEnabled() {
            return !name.startsWith("quiet");
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return "";
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String message, Object[] arguments, Throwable throwable) {
            synchronized (printed) {
                printed.add(level + " " + name + " " + MessageFormatter.basicArrayFormat(message, arguments));
            }
        }
    }

    private final ILoggerFactory factory = name -> loggers.computeIfAbsent(name, Recorder::new);

    private List<String> printed() {
        synchronized (printed) {
            return List.copyOf(printed);
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        if (outbox != null) {
            outbox.end();
            sender.join();
        }
    }

    private LogOutbox send(LogOutbox.Courier courier) {
        outbox = new LogOutbox(courier, () -> {}, System::nanoTime);
        sender = new Thread(outbox, "sender");
        sender.start();
        return outbox;
    }

    private static RunnerLogEvent event(String logger, String message) {
        return new RunnerLogEvent(Level.INFO, logger, "main", message, null, Map.of());
    }

    private static byte[] batch(RunnerLogEvent... events) {
        ByteWriter out = new ByteWriter();
        out.writeVarInt(events.length);
        for (RunnerLogEvent event : events) {
            LogBatch.write(event, out);
        }
        return out.toByteArray();
    }

    @Test
    void events_arrive_in_order_and_whole() {
        LogInbox inbox = new LogInbox("thumbs", factory, System::nanoTime);
        LogInbox.Runner runner = inbox.runner("thumbs-1");
        LogOutbox box = send((dropped, batch) -> {
            runner.accept(dropped, batch);
            return true;
        });
        box.accept(event("com.acme.Shop", "first {} line"));
        box.accept(new RunnerLogEvent(
                Level.ERROR, "com.acme.Shop", "main", "second", "java.io.IOException: x\n\tat a.B.c", Map.of()));
        box.accept(event("quiet.Logger", "not wanted here"));
        box.accept(new RunnerLogEvent(Level.WARN, "quiet.Logger", "main", "wanted here", null, Map.of("a", "b")));

        Awaitility.await()
                .atMost(LONG)
                .untilAsserted(() -> assertThat(printed())
                        .containsExactly(
                                "INFO com.acme.Shop [thumbs-1] first {} line",
                                "ERROR com.acme.Shop [thumbs-1] second\n    java.io.IOException: x\n    \tat a.B.c",
                                "WARN quiet.Logger [thumbs-1] wanted here"));
        inbox.close();
    }

    @Test
    void the_longest_event_fits_a_control_frame() throws Exception {
        Map<String, String> mdc = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            mdc.put("key-" + i + "界".repeat(300), "界".repeat(1_000));
        }
        RunnerLogEvent long_ = new RunnerLogEvent(
                Level.TRACE, "界".repeat(1_000), "界".repeat(1_000), "界".repeat(100_000), "界".repeat(100_000), mdc);
        ConcurrentLinkedQueue<byte[]> batches = new ConcurrentLinkedQueue<>();
        LogOutbox box = send((dropped, batch) -> batches.add(batch));
        for (int i = 0; i < 5; i++) {
            box.accept(event("a", "short".repeat(2_000)));
            box.accept(long_);
        }
        box.flush(LONG.toNanos());

        int events = 0;
        for (byte[] batch : batches) {
            ByteBuffer frame = new ControlFrame.Log(0, batch).encode();
            assertThat(frame.remaining()).isLessThanOrEqualTo(4 + Protocol.MAX_CONTROL_FRAME);
            if (batch.length > 0) {
                ByteReader in = new ByteReader(batch);
                int count = in.readVarInt();
                for (int i = 0; i < count; i++) {
                    RunnerLogEvent read = LogBatch.read(in);
                    assertThat(read.message()).endsWith("…").hasSize(LogBatch.MAX_MESSAGE);
                    events++;
                }
                assertThat(in.remaining()).isZero();
            }
        }
        assertThat(events).isEqualTo(10);
    }

    @Test
    void who_logs_does_not_wait_for_a_parent_that_does_not_read() throws Exception {
        CountDownLatch reads = new CountDownLatch(1);
        AtomicLong dropped = new AtomicLong();
        AtomicLong arrived = new AtomicLong();
        LogOutbox box = send((left, batch) -> {
            try {
                reads.await();
                dropped.addAndGet(left);
                arrived.addAndGet(batch.length == 0 ? 0 : new ByteReader(batch).readVarInt());
                return true;
            } catch (Exception e) {
                return false;
            }
        });
        // On this thread, which would never come to open the latch if it had to wait.
        for (int i = 0; i < 3 * LogOutbox.MAX_EVENTS; i++) {
            box.accept(event("a", "line " + i));
        }
        reads.countDown();
        box.flush(LONG.toNanos());
        // How many were left out is said with the next batch.
        box.accept(event("a", "one more"));
        box.flush(LONG.toNanos());

        assertThat(dropped.get() + arrived.get()).isEqualTo(3L * LogOutbox.MAX_EVENTS + 1);
        // Beside what waited, the batch that was on its way.
        assertThat(arrived.get()).isBetween((long) LogOutbox.MAX_EVENTS, LogOutbox.MAX_EVENTS + 1_000L);
    }

    /** What is logged in the very moment in which the thread that sends finds nothing left. */
    @Test
    void what_was_logged_before_a_flush_is_sent_when_it_returns() {
        AtomicLong sent = new AtomicLong();
        // Each look at this clock is a second later, so that no batch is followed by a pause.
        outbox = new LogOutbox(
                (dropped, batch) -> {
                    // How many there are: so few that it is a single byte.
                    sent.addAndGet(batch[0]);
                    return true;
                },
                () -> {},
                () -> now.addAndGet(TimeUnit.SECONDS.toNanos(1)));
        sender = new Thread(outbox, "sender");
        sender.start();
        for (int logged = 2; logged <= 400; logged += 2) {
            outbox.accept(event("a", "first"));
            while (sent.get() < logged - 1) {
                Thread.yield();
            }
            outbox.accept(event("a", "last"));
            outbox.flush(LONG.toNanos());
            assertThat(sent.get()).isEqualTo(logged);
        }
    }

    @Test
    void what_the_sending_itself_logs_is_not_sent() {
        AtomicLong sent = new AtomicLong();
        LogOutbox[] self = new LogOutbox[1];
        LogOutbox box = send((dropped, batch) -> {
            sent.incrementAndGet();
            if (self[0] != null) {
                self[0].accept(event("a", "sending"));
            }
            return true;
        });
        self[0] = box;
        box.accept(event("a", "one"));
        box.flush(LONG.toNanos());
        box.flush(LONG.toNanos());
        assertThat(sent.get()).isEqualTo(1);
    }

    @Test
    void a_flood_is_cut_to_an_allowance_and_counted() throws Exception {
        LogInbox inbox = new LogInbox("thumbs", factory, now::get);
        LogInbox.Runner hostile = inbox.runner("thumbs-1");
        byte[] batch = batch(event("a", "x".repeat(3_000)), event("a", "y".repeat(3_000)));
        int count = 10_000;
        for (int i = 0; i < count; i++) {
            hostile.accept(0, batch);
        }
        // Another runner of the pool is heard all the same.
        inbox.runner("thumbs-2").accept(0, batch(event("b", "well")));
        now.addAndGet(TimeUnit.SECONDS.toNanos(10));
        hostile.end();
        inbox.close();

        Awaitility.await().atMost(LONG).untilAsserted(() -> {
            assertThat(printed()).contains("INFO b [thumbs-2] well");
            assertThat(told()).isEqualTo(2L * count);
        });
        // 4 MiB were saved up, and may go through.
        assertThat(printed()).hasSizeLessThan(2 * 4 * 1024 * 1024 / 6_000 + 100);
    }

    /** Events that were logged, and those that were said to be left out. */
    private long told() {
        long told = 0;
        for (String line : printed()) {
            if (line.contains("log events were left out")) {
                assertThat(line).startsWith("WARN io.flame4j.runner.thumbs [thumbs-1] ");
                told += Long.parseLong(line.replaceAll(".*] (\\d+) log events.*", "$1"));
            } else if (line.startsWith("INFO a ")) {
                told++;
            }
        }
        return told;
    }

    @Test
    void a_runner_cannot_forge_lines_nor_make_loggers_without_end() {
        LogPrinter printer = new LogPrinter("thumbs", factory);
        printer.print("thumbs-1", event("com.acme\nERROR root", "a\r\nERROR com.acme.Bank all is lost\u001b[2J"));
        printer.print(
                "thumbs-1",
                new RunnerLogEvent(Level.INFO, "x", "main", "m", "t\rERROR y\nz", Map.of("flame4j.runner", "other")));
        assertThat(printed())
                .containsExactly(
                        "INFO io.flame4j.runner.thumbs [thumbs-1] com.acme\\nERROR root: a\n"
                                + "    ERROR com.acme.Bank all is lost\\u001b[2J",
                        "INFO x [thumbs-1] m\n    t\\rERROR y\n    z");

        for (int i = 0; i < LogPrinter.MAX_LOGGERS + 100; i++) {
            printer.print("thumbs-1", event("generated.L" + i, "m"));
        }
        assertThat(loggers).hasSizeLessThanOrEqualTo(LogPrinter.MAX_LOGGERS + 2);
        assertThat(printed())
                .last()
                .isEqualTo(
                        "INFO io.flame4j.runner.thumbs [thumbs-1] generated.L" + (LogPrinter.MAX_LOGGERS + 99) + ": m");
    }

    @Test
    void what_makes_no_sense_is_said_once() {
        LogInbox inbox = new LogInbox("thumbs", factory, System::nanoTime);
        LogInbox.Runner runner = inbox.runner("thumbs-1");
        for (int i = 0; i < 100; i++) {
            runner.accept(0, new byte[] {1, 9, 9, 9});
        }
        runner.accept(-1, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
        runner.accept(0, batch(event("a", "sense")));
        inbox.close();
        Awaitility.await().atMost(LONG).until(() -> printed().contains("INFO a [thumbs-1] sense"));
        assertThat(printed()).hasSize(2).first().asString().contains("make no sense", "level 9");
    }
}
