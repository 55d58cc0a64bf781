package io.flame4j.soak;

import io.flame4j.testkit.LeakCheck;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What is still there when all has ended. */
final class Leftovers {

    private static final Duration END_WITHIN = Duration.ofSeconds(15);

    private Leftovers() {}

    /** Gives what ends by itself some time; what is left then. */
    static List<String> await(LeakCheck leaks) {
        long end = System.nanoTime() + END_WITHIN.toNanos();
        long collectAt = System.nanoTime();
        List<String> found;
        do {
            if (System.nanoTime() - collectAt >= 0) {
                // The JDK's HTTP clients, of API servers, let go of their threads and sockets when they are collected.
                System.gc();
                collectAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            }
            Await.pass(Duration.ofMillis(10));
            found = leaks.leftovers();
        } while (!found.isEmpty() && System.nanoTime() < end);
        return found;
    }
}
