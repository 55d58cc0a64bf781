package io.flame4j.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The timer sleeps when nothing is due, whoever arms it. */
class PoolTimerTest {

    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final SystemClock clock = new SystemClock();
    private final AtomicReference<PoolTimer> timer = new AtomicReference<>();

    @AfterEach
    void close() throws InterruptedException {
        timer.get().close();
        timer.get().join(10_000);
    }

    private void start(java.util.function.LongUnaryOperator work) {
        PoolTimer started = new PoolTimer("timer-test", clock, work);
        timer.set(started);
        started.start();
    }

    @Test
    void workThatArmsItDoesNotKeepItAwake() throws InterruptedException {
        AtomicInteger rounds = new AtomicInteger();
        CountDownLatch tenth = new CountDownLatch(10);
        start(now -> {
            rounds.incrementAndGet();
            tenth.countDown();
            timer.get().wakeBy(now + HOUR);
            return now + HOUR;
        });

        assertThat(tenth.await(200, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(rounds).hasValueLessThan(10);
    }

    @Test
    void othersWhoArmItWhileItIsAwakeDoNotKeepItAwake() throws InterruptedException {
        AtomicInteger rounds = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch tenth = new CountDownLatch(10);
        start(now -> {
            rounds.incrementAndGet();
            tenth.countDown();
            CompletableFuture.runAsync(() -> timer.get().wakeBy(now + HOUR)).join();
            first.countDown();
            return PoolTimer.NEVER;
        });

        assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(tenth.await(200, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(rounds).hasValue(1);
    }

    @Test
    void whatOthersArmWhileItIsAwakeIsKept() throws InterruptedException {
        CountDownLatch second = new CountDownLatch(2);
        start(now -> {
            if (second.getCount() == 2) {
                CompletableFuture.runAsync(() -> timer.get().wakeBy(now + 1)).join();
            }
            second.countDown();
            return PoolTimer.NEVER;
        });

        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatItsOwnWorkArmsIsKept() throws InterruptedException {
        CountDownLatch second = new CountDownLatch(2);
        start(now -> {
            if (second.getCount() == 2) {
                timer.get().wakeBy(now + 1);
            }
            second.countDown();
            return PoolTimer.NEVER;
        });

        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWakingIsNotLostWhenTheWorkParks() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch armed = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        start(now -> {
            second.countDown();
            if (second.getCount() == 1) {
                first.countDown();
                awaitWithoutParking(armed);
                // As waiting for a lock does: it uses up the permit.
                LockSupport.parkNanos(1);
            }
            return PoolTimer.NEVER;
        });
        assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
        timer.get().wakeBy(clock.getAsLong());
        armed.countDown();

        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCloseIsNotLostWhenTheWorkParks() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        start(now -> {
            thread.set(Thread.currentThread());
            first.countDown();
            awaitWithoutParking(closed);
            LockSupport.parkNanos(1);
            return PoolTimer.NEVER;
        });
        assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
        timer.get().close();
        closed.countDown();

        timer.get().join(10_000);
        assertThat(thread.get().isAlive()).isFalse();
    }

    private static void awaitWithoutParking(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anEarlierMomentOfAnotherThreadWakesIt() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        start(now -> {
            first.countDown();
            second.countDown();
            return now + HOUR;
        });
        assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();

        timer.get().wakeBy(clock.getAsLong());

        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
