package io.flame4j.examples.thumbnails;

import io.flame4j.FlameParent;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * Where and when a task ran. In wall-clock time, as {@link System#nanoTime()} means nothing in another JVM.
 *
 * @param runner the id of the runner
 * @param start when the task began
 * @param end when it was done
 */
record Work(String runner, Instant start, Instant end) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Ends the work that began then, on the runner that asks. */
    static Work since(Instant start) {
        return new Work(FlameParent.current().map(FlameParent::runnerId).orElse("this JVM"), start, Instant.now());
    }

    Duration duration() {
        return Duration.between(start, end);
    }
}
