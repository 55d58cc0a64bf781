package io.flame4j.benchmarks;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Waits until the JVMs of the run have nothing to do. After a warm-up their compilers still have, for seconds, and on one
 * CPU each of the calls that are to be measured would wait for them.
 */
final class Settled {

    private static final long LOOK_MILLIS = 300;

    /** Processor time of all of them between two looks. */
    private static final Duration QUIET = Duration.ofMillis(30);

    private Settled() {}

    /** Waits; not for ever, since some peers never rest: what is measured then is among the notes of the figures. */
    static void await(Bench bench, String group) throws InterruptedException {
        long patience = TimeUnit.SECONDS.toNanos(5L * bench.effort().warmUpSeconds());
        long began = System.nanoTime();
        Duration before = used();
        while (System.nanoTime() - began < patience) {
            Thread.sleep(LOOK_MILLIS);
            Duration now = used();
            Duration used = now.minus(before);
            // Less than before: one has ended, and took its time with it.
            if (!used.isNegative() && used.compareTo(QUIET) < 0) {
                return;
            }
            before = now;
        }
        bench.figures()
                .note(group + " was measured although the JVMs were still busy "
                        + TimeUnit.NANOSECONDS.toSeconds(patience) + " s after the warm-up");
    }

    private static Duration used() {
        ProcessHandle self = ProcessHandle.current();
        return Stream.concat(Stream.of(self), Pinning.jvms(self))
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }
}
