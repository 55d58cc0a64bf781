package io.flame4j.examples.thumbnails;

import io.flame4j.PoolListener;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Notes when runners boot, become ready and end. It hears this on the pool's listener thread; others may ask and wait.
 */
final class RunnerLog implements PoolListener {

    /** Why a runner is no more. */
    enum Ending {
        IDLE("stopped: idle"),
        CLOSED("stopped: pool closed"),
        DRAINED("drained"),
        CONDEMNED("condemned"),
        LOST("lost"),
        BOOT_FAILED("boot failed"),
        BOOT_CANCELLED("boot cancelled");

        private final String words;

        Ending(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /**
     * The life of a runner so far.
     *
     * @param id the runner
     * @param boot when its boot began
     * @param ready when it took its first calls, if it did
     * @param end when it was stopped or lost, if it was
     * @param ending why
     */
    record Life(
            String id,
            Instant boot,
            @Nullable Instant ready,
            @Nullable Instant end,
            @Nullable Ending ending) {

        private Life ended(Instant when, Ending why) {
            return end == null ? new Life(id, boot, ready, when, why) : this;
        }
    }

    /** Hears how many runners there are. */
    interface Counts {
        void changed(int ready, int booting);
    }

    private final InstantSource clock;
    private final Counts counts;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. In the order of boots. */
    private List<Life> lives = List.of();

    RunnerLog(InstantSource clock, Counts counts) {
        this.clock = clock;
        this.counts = counts;
    }

    /** All runners there have been. */
    List<Life> lives() {
        lock.lock();
        try {
            return lives;
        } finally {
            lock.unlock();
        }
    }

    /** How many runners became ready. */
    int booted() {
        return (int) lives().stream().filter(life -> life.ready() != null).count();
    }

    /** The mean time from the begin of a boot until the runner was ready; zero when there was none. */
    Duration meanBootTime() {
        return Duration.ofMillis((long) lives().stream()
                .flatMap(life ->
                        Optional.ofNullable(life.ready()).map(ready -> Duration.between(life.boot(), ready)).stream())
                .mapToLong(Duration::toMillis)
                .average()
                .orElse(0));
    }

    /** Waits until no runner is left, at most that long, and says whether that is so. */
    boolean awaitNone(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (lives.stream().anyMatch(life -> life.end() == null)) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onGrowStart(String pool, String runnerId, int runners) {
        update(runnerId, life -> life);
    }

    @Override
    public void onGrowEnd(String pool, String runnerId, int runners, Duration bootTime) {
        Instant now = clock.instant();
        update(runnerId, life -> new Life(life.id(), life.boot(), now, life.end(), life.ending()));
    }

    @Override
    public void onBootFailed(String pool, String runnerId, RunnerBootException failure, Duration retryAfter) {
        end(runnerId, Ending.BOOT_FAILED);
    }

    @Override
    public void onBootCancelled(String pool, String runnerId) {
        end(runnerId, Ending.BOOT_CANCELLED);
    }

    @Override
    public void onShrink(String pool, String runnerId, int runners, ShrinkReason reason) {
        end(
                runnerId,
                switch (reason) {
                    case IDLE, RESIZED -> Ending.IDLE;
                    case CONDEMNED -> Ending.CONDEMNED;
                    case CLOSING -> Ending.CLOSED;
                    case SINGLE_USE, DRAINING -> Ending.DRAINED;
                });
    }

    @Override
    public void onRunnerLost(String pool, String runnerId, RunnerLostException loss) {
        end(runnerId, Ending.LOST);
    }

    private void end(String runnerId, Ending ending) {
        Instant now = clock.instant();
        update(runnerId, life -> life.ended(now, ending));
    }

    /** The pool tells one event at a time, so this is the only thread that writes. */
    private void update(String runnerId, UnaryOperator<Life> change) {
        Map<String, Life> after = new LinkedHashMap<>();
        lives().forEach(life -> after.put(life.id(), life));
        after.put(
                runnerId,
                change.apply(after.getOrDefault(runnerId, new Life(runnerId, clock.instant(), null, null, null))));
        List<Life> alive =
                after.values().stream().filter(life -> life.end() == null).toList();
        int ready = (int) alive.stream().filter(life -> life.ready() != null).count();
        // First, so that whoever waits for the last runner to go does not go on before this is shown.
        counts.changed(ready, alive.size() - ready);
        lock.lock();
        try {
            lives = List.copyOf(after.values());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
