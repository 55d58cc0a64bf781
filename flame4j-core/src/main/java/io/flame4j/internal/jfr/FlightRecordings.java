package io.flame4j.internal.jfr;

import io.flame4j.BootPhase;
import io.flame4j.CallListener;
import io.flame4j.CallReport;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A listener that writes to flight recordings. There is one for all pools of the process. Thread-safe. Nothing is made or
 * kept as long as nobody records its events: that they are enabled is asked of events that never leave the method.
 */
public final class FlightRecordings implements PoolListener {

    /** Boots under way, by pool and runner. */
    private final ConcurrentHashMap<String, BootEvent> boots = new ConcurrentHashMap<>();

    /** Makes all events known to the Flight Recorder, whether they ever happen or not. */
    public FlightRecordings() {
        Class<?>[] all = {CallEvent.class, QueueWaitEvent.class, BootEvent.class, RunnerLossEvent.class};
        for (Class<?> type : all) {
            load(type);
        }
    }

    private static void load(Class<?> type) {
        try {
            Class.forName(type.getName(), true, type.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a recording wants events of calls. */
    public boolean wantsCalls() {
        return new CallEvent().isEnabled() || new QueueWaitEvent().isEnabled();
    }

    /** Whether a recording wants events of runners. */
    public boolean wantsRunners() {
        return new BootEvent().isEnabled() || new RunnerLossEvent().isEnabled();
    }

    @Override
    public @Nullable CallListener onCall(String pool) {
        return wantsCalls() ? new Recorded(pool) : null;
    }

    /** One call. The threads that carry it come one after the other, but for the one that cancels it. */
    private static final class Recorded implements CallListener {

        private final String pool;
        private final CallEvent call = new CallEvent();
        private @Nullable QueueWaitEvent wait;

        private Recorded(String pool) {
            this.pool = pool;
            QueueWaitEvent event = new QueueWaitEvent();
            event.begin();
            wait = event;
            call.begin();
        }

        @Override
        public synchronized void onSent(String runnerId) {
            QueueWaitEvent event = wait;
            wait = null;
            if (event != null) {
                event.end();
                if (event.shouldCommit()) {
                    event.pool = pool;
                    event.runner = runnerId;
                    event.commit();
                }
            }
        }

        @Override
        public synchronized void onEnd(CallReport report) {
            call.end();
            if (call.shouldCommit()) {
                call.pool = pool;
                call.runner = report.runnerId() == null ? "" : report.runnerId();
                call.task = report.task();
                call.outcome = report.outcome().name();
                call.attempts = report.attempts();
                call.queueWait = report.queueNanos();
                call.taskTime = report.taskNanos() < 0 ? Long.MIN_VALUE : report.taskNanos();
                call.sent = report.bytesSent();
                call.received = report.bytesReceived();
                call.commit();
            }
        }
    }

    @Override
    public void onGrowStart(String pool, String runnerId, int runners) {
        BootEvent event = new BootEvent();
        if (event.isEnabled()) {
            event.begin();
            boots.put(key(pool, runnerId), event);
        }
    }

    @Override
    public void onBootPhase(String pool, String runnerId, BootPhase phase, Duration took) {
        BootEvent event = boots.get(key(pool, runnerId));
        if (event != null) {
            event.reached(phase, took.toNanos());
        }
    }

    @Override
    public void onGrowEnd(String pool, String runnerId, int runners, Duration bootTime) {
        bootEnds(pool, runnerId, "READY", null);
    }

    @Override
    public void onBootFailed(String pool, String runnerId, RunnerBootException failure, Duration retryAfter) {
        bootEnds(pool, runnerId, "FAILED", failure);
    }

    @Override
    public void onBootCancelled(String pool, String runnerId) {
        bootEnds(pool, runnerId, "CANCELLED", null);
    }

    private void bootEnds(String pool, String runnerId, String outcome, @Nullable RunnerBootException failure) {
        BootEvent event = boots.remove(key(pool, runnerId));
        if (event == null) {
            return;
        }
        event.end();
        if (event.shouldCommit()) {
            event.pool = pool;
            event.runner = runnerId;
            event.outcome = outcome;
            if (failure != null) {
                event.reason = failure.reason().name();
                event.message = firstLine(failure);
            }
            event.commit();
        }
    }

    /** Those whose end was not told, because the pool was shut down. */
    @Override
    public void onClose(FlamePool pool) {
        boots.keySet().removeIf(key -> key.startsWith(key(pool.name(), "")));
    }

    @Override
    public void onRunnerLost(String pool, String runnerId, RunnerLostException loss) {
        RunnerLossEvent event = new RunnerLossEvent();
        if (event.isEnabled()) {
            event.pool = pool;
            event.runner = runnerId;
            event.reason = loss.reason().name();
            event.message = firstLine(loss);
            event.commit();
        }
    }

    private static String key(String pool, String runnerId) {
        return pool + "/" + runnerId;
    }

    /** The rest are lines of the runner's output. */
    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
