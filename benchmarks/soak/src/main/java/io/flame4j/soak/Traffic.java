package io.flame4j.soak;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.MapOptions;
import io.flame4j.Placed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Callers of all kinds. Thread-safe; each caller has a thread and decisions of its own. */
final class Traffic implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int MICROS = 20_000;

    private final FlamePool pool;
    private final Calls calls;
    private final String where;
    private final ScheduledExecutorService interrupter;

    Traffic(FlamePool pool, Calls calls, int callers) {
        this.pool = pool;
        this.calls = calls;
        where = calls.directory().toString();
        interrupter = Executors.newScheduledThreadPool(Math.max(1, callers / 3));
    }

    /** Calls and calls. */
    void until(long end, SplittableRandom random) {
        while (System.nanoTime() < end) {
            int kind = random.nextInt(100);
            int millis = random.nextInt(3) == 0 ? random.nextInt(20) : 0;
            if (kind < 30) {
                calls.call(pool, "call", DEADLINE, 0, (dir, number) -> () -> Jobs.take(dir, number, millis));
            } else if (kind < 40) {
                cancelled(random);
            } else if (kind < 50) {
                timed(random);
            } else if (kind < 57) {
                interrupted(random);
            } else if (kind < 64) {
                calls.call(pool, "retried call", DEADLINE, 20, (dir, number) -> () -> Jobs.take(dir, number, millis));
            } else if (kind < 70) {
                calls.call(pool, "failing call", DEADLINE, 0, (dir, number) -> () -> Jobs.fail(dir, number));
            } else if (kind < 77) {
                placed(random.nextInt(6));
            } else if (kind < 83) {
                map(1 + random.nextInt(20));
            } else if (kind < 90) {
                cast(millis);
            } else if (kind < 99) {
                // Now and then a very large one.
                big(1 << (random.nextInt(20) == 0 ? 24 : 10 + random.nextInt(12)));
            } else {
                calls.call(pool, "last call", DEADLINE, 0, (dir, number) -> () -> Jobs.halt(dir, number));
            }
        }
    }

    private void timed(SplittableRandom random) {
        int millis = random.nextInt(30);
        Duration deadline = Duration.ofMillis(1 + random.nextInt(30));
        calls.call(pool, "brief call", deadline, 0, (dir, number) -> () -> Jobs.take(dir, number, millis));
    }

    private void cancelled(SplittableRandom random) {
        int millis = random.nextInt(20);
        CompletableFuture<Long> call =
                calls.async(pool, "cancelled call", DEADLINE, 0, (dir, number) -> () -> Jobs.take(dir, number, millis));
        Future<?> cancel = interrupter.schedule(() -> call.cancel(true), random.nextInt(MICROS), TimeUnit.MICROSECONDS);
        call.handle((value, failure) -> null).join();
        cancel.cancel(false);
    }

    private void interrupted(SplittableRandom random) {
        int millis = random.nextInt(20);
        Thread caller = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        interrupter.schedule(
                () -> {
                    caller.interrupt();
                    done.countDown();
                },
                random.nextInt(MICROS),
                TimeUnit.MICROSECONDS);
        calls.call(pool, "interrupted call", DEADLINE, 0, (dir, number) -> () -> Jobs.take(dir, number, millis));
        awaitInterrupt(done);
    }

    /** The interrupt must not reach the next call of this thread. */
    private static void awaitInterrupt(CountDownLatch done) {
        boolean waiting = true;
        while (waiting) {
            try {
                done.await();
                waiting = false;
            } catch (InterruptedException e) {
                // The one that is waited for.
            }
        }
        Thread.interrupted();
    }

    /** Counts how often it was asked. */
    static final class Counter {
        private int count;

        int next() {
            return ++count;
        }
    }

    private void placed(int asked) {
        long number = Calls.number();
        CallOptions options = CallOptions.defaults().timeout(DEADLINE);
        calls.begin(number, "placed object", DEADLINE.multipliedBy(asked + 1L), 1);
        String directory = where;
        try (Placed<Counter> counter = pool.place(
                () -> {
                    Jobs.note(directory, number);
                    return new Counter();
                },
                options)) {
            boolean own = true;
            for (int i = 1; i <= asked; i++) {
                int count = counter.call(Counter::next, options);
                own &= count == i;
            }
            calls.value(number, own);
        } catch (RuntimeException | OutOfMemoryError e) {
            calls.failure(number, e);
        }
    }

    private void map(int size) {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            numbers.add(Calls.number());
        }
        numbers.forEach(calls::mayRun);
        long number = Calls.number();
        calls.begin(number, "map", DEADLINE.multipliedBy(3), 0);
        String directory = where;
        try {
            List<Long> back = pool.map(
                    numbers,
                    each -> Jobs.take(directory, each, 0),
                    MapOptions.defaults().call(CallOptions.defaults().timeout(DEADLINE)));
            numbers.forEach(calls::mustHaveRun);
            calls.valueWithoutRun(number, back.equals(numbers));
        } catch (Exception | OutOfMemoryError e) {
            calls.failure(number, e);
        }
    }

    private void cast(int millis) {
        long number = Calls.number();
        String directory = where;
        calls.cast(number);
        pool.cast(
                () -> Jobs.take(directory, number, millis),
                CallOptions.defaults().timeout(DEADLINE));
    }

    private void big(int size) {
        long number = Calls.number();
        String directory = where;
        byte[] argument = new byte[size];
        Jobs.stamp(argument, number);
        calls.begin(number, "big call of " + size, DEADLINE, 1);
        try {
            byte[] back = pool.call(
                    () -> Jobs.echo(directory, number, argument),
                    CallOptions.defaults().timeout(DEADLINE));
            calls.value(number, back.length == size && Jobs.isStamped(back, number));
        } catch (RuntimeException | OutOfMemoryError e) {
            calls.failure(number, e);
        }
    }

    @Override
    public void close() {
        interrupter.shutdownNow();
    }
}
