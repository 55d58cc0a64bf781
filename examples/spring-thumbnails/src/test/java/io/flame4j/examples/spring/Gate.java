package io.flame4j.examples.spring;

import io.flame4j.CallListener;
import io.flame4j.PoolListener;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Holds calls that have their runner, until a test lets some of them go. */
@Order(Ordered.LOWEST_PRECEDENCE)
final class Gate implements PoolListener, CallListener {

    /** Fair: those who wait go in the order in which they came. */
    private final Semaphore permits = new Semaphore(0, true);

    /** Lets so many calls go; later ones too, when there are not so many yet. */
    void open(int calls) {
        permits.release(calls);
    }

    /** Holds calls from now on. */
    void shut() {
        permits.drainPermits();
    }

    /** How many calls it holds; a call is told to be on its runner a moment before. */
    int held() {
        return permits.getQueueLength();
    }

    @Override
    public @Nullable CallListener onCall(String pool) {
        return this;
    }

    @Override
    public void onSent(String runnerId) {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
