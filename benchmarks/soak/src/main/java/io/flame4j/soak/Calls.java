package io.flame4j.soak;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.MapFailedException;
import io.flame4j.RemoteTask;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who has called, and what came of it: each call has exactly one outcome, one that it may have, within its deadline and
 * {@link #GRACE}; and its task ran as often as it may. Thread-safe.
 */
final class Calls {

    /** What an outcome may be late by on a machine that is busy with breaking things, and may stall. What hangs, hangs longer. */
    static final Duration GRACE = Duration.ofSeconds(20);

    /** A task by its call's number, which it returns. */
    interface Work {
        RemoteTask<Long, Exception> of(String directory, long number);
    }

    private record Open(String what, long due) {}

    /** What was wrong. Hung: without an outcome in time. Wrong: lost, doubled, or another call's. */
    record Verdict(List<String> hung, List<String> wrong) {}

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Path directory;
    private final Map<Long, Open> open = new ConcurrentHashMap<>();
    private final Map<Long, Long> allowedRuns = new ConcurrentHashMap<>();
    private final Map<Long, Boolean> succeeded = new ConcurrentHashMap<>();
    private final Map<Long, Boolean> casts = new ConcurrentHashMap<>();
    private final AtomicLong failedCasts = new AtomicLong();
    private final Map<String, AtomicLong> outcomes = new ConcurrentHashMap<>();
    private final Queue<String> late = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    Calls(Path directory) {
        this.directory = directory;
    }

    /** A number that no other call of this JVM has. */
    static long number() {
        return NUMBERS.incrementAndGet();
    }

    void begin(long number, String what, Duration deadline, int runs) {
        begun.incrementAndGet();
        allowedRuns.put(number, (long) runs);
        open.put(number, new Open(what, System.nanoTime() + deadline.plus(GRACE).toNanos()));
    }

    /** A call whose outcome nobody waits for: it runs at most once, and when not at all its failure is told. */
    void cast(long number) {
        begun.incrementAndGet();
        allowedRuns.put(number, 1L);
        casts.put(number, true);
    }

    void castFailed() {
        failedCasts.incrementAndGet();
    }

    /** A call that is part of a map. */
    void mayRun(long number) {
        allowedRuns.put(number, 1L);
    }

    /** The map that it is part of has succeeded. */
    void mustHaveRun(long number) {
        succeeded.put(number, true);
    }

    /** Of a map as a whole, which runs as its parts. */
    void valueWithoutRun(long number, boolean own) {
        value(number, own);
        succeeded.remove(number);
    }

    /** A value must be the one of the call. */
    void value(long number, boolean own) {
        succeeded.put(number, true);
        if (!own) {
            wrong.add("call " + number + " got another value");
        }
        end(number, "value");
    }

    void failure(long number, Throwable thrown) {
        failed.incrementAndGet();
        Throwable failure = thrown;
        while ((failure instanceof CompletionException || failure instanceof MapFailedException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        end(number, kind(number, failure));
    }

    private String kind(long number, Throwable failure) {
        if (failure instanceof RunnerLostException lost) {
            return "lost " + lost.reason();
        } else if (failure instanceof CallTimeoutException timeout) {
            return "timeout " + timeout.phase();
        } else if (failure instanceof CallInterruptedException || failure instanceof CancellationException) {
            return "given up";
        } else if (failure instanceof RunnerBootException) {
            return "boot failed";
        } else if (failure instanceof OutOfMemoryError) {
            // The task's own: small runners, and several very large calls at a time.
            return "out of memory";
        } else if (("task " + number).equals(failure.getMessage())) {
            return "thrown";
        }
        wrong.add("call " + number + " failed with what nobody threw: " + failure);
        return "unexpected";
    }

    /** The failure is one that the scenario has brought about. */
    void expectedFailure(long number) {
        failed.incrementAndGet();
        end(number, "thrown");
    }

    private void end(long number, String outcome) {
        outcomes.computeIfAbsent(outcome, key -> new AtomicLong()).incrementAndGet();
        Open call = open.remove(number);
        if (call == null) {
            wrong.add("call " + number + " has a second outcome: " + outcome);
        } else if (System.nanoTime() > call.due) {
            late.add(call.what + " " + number + " had its outcome only " + (System.nanoTime() - call.due) / 1_000_000
                    + " ms after its deadline and grace: " + outcome);
        }
    }

    /** Calls without waiting. */
    CompletableFuture<Long> async(FlamePool pool, String what, Duration deadline, int retries, Work work) {
        long number = number();
        begin(number, what, deadline, retries + 1);
        CallOptions options = CallOptions.defaults().timeout(deadline).retries(retries);
        CompletableFuture<Long> call = pool.callAsync(work.of(directory.toString(), number), options);
        call.whenComplete((value, failure) -> note(number, value, failure));
        return call;
    }

    /** Calls on this thread. */
    void call(FlamePool pool, String what, Duration deadline, int retries, Work work) {
        long number = number();
        begin(number, what, deadline, retries + 1);
        CallOptions options = CallOptions.defaults().timeout(deadline).retries(retries);
        try {
            note(number, pool.call(work.of(directory.toString(), number), options), null);
        } catch (Exception | OutOfMemoryError e) {
            note(number, null, e);
        }
    }

    void note(long number, @Nullable Long value, @Nullable Throwable failure) {
        if (failure != null) {
            failure(number, failure);
        } else {
            value(number, value != null && value == number);
        }
    }

    Path directory() {
        return directory;
    }

    long begun() {
        return begun.get();
    }

    long failed() {
        return failed.get();
    }

    Map<String, AtomicLong> outcomes() {
        return outcomes;
    }

    void wrong(String what) {
        wrong.add(what);
    }

    /** Waits until each call has its outcome or is hung, and counts how often each task ran. */
    Verdict verdict() throws IOException {
        while (!open.isEmpty() && open.values().stream().anyMatch(call -> call.due > System.nanoTime())) {
            Await.pass(Duration.ofMillis(5));
        }
        List<String> hung = new ArrayList<>(late);
        open.forEach((number, call) -> hung.add(call.what + " " + number + " has no outcome"));
        Map<Long, Integer> runs = Jobs.runs(directory);
        allowedRuns.forEach((number, allowed) -> {
            int count = runs.getOrDefault(number, 0);
            if (count > allowed || count == 0 && succeeded.containsKey(number)) {
                wrong.add("call " + number + " ran " + count + " times, allowed " + allowed
                        + (succeeded.containsKey(number) ? ", and returned" : ""));
            }
        });
        long silent = casts.keySet().stream()
                .filter(number -> !runs.containsKey(number))
                .count();
        long end = System.nanoTime() + GRACE.toNanos();
        while (silent > failedCasts.get() && System.nanoTime() < end) {
            // The listener is told on a thread of its own.
            Await.pass(Duration.ofMillis(5));
        }
        if (silent > failedCasts.get()) {
            wrong.add(silent + " casts did not run, and only " + failedCasts + " failures were told");
        }
        return new Verdict(hung, new ArrayList<>(wrong));
    }
}
