package io.flame4j.soak;

import io.flame4j.PoolListener;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Notes what a pool tells of itself, and how often it had something to tell. */
final class Watch implements PoolListener {

    /** A loss, and when the pool knew. */
    record Loss(RunnerLostException what, long nanoTime) {}

    final List<Loss> losses = new CopyOnWriteArrayList<>();
    final AtomicLong events = new AtomicLong();
    private final Runnable castFailed;

    Watch(Runnable castFailed) {
        this.castFailed = castFailed;
    }

    @Override
    public void onRunnerLost(String pool, String runnerId, RunnerLostException loss) {
        losses.add(new Loss(loss, System.nanoTime()));
        events.incrementAndGet();
    }

    @Override
    public void onBootFailed(String pool, String runnerId, RunnerBootException failure, Duration retryAfter) {
        events.incrementAndGet();
    }

    @Override
    public void onShrink(String pool, String runnerId, int runners, ShrinkReason reason) {
        if (reason == ShrinkReason.CONDEMNED) {
            events.incrementAndGet();
        }
    }

    @Override
    public void onCastFailed(String pool, Throwable failure) {
        castFailed.run();
        events.incrementAndGet();
    }
}
