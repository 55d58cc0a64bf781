package io.flame4j.examples.thumbnails;

import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.backend.LocalBackend;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;

/** The pool of the example on a backend without processes: tasks make the same trip through bytes, and errors show. */
final class InProcessPool {

    private InProcessPool() {}

    static FlamePool open(PoolListener listener) {
        return FlamePool.builder("thumbnails")
                .backend(LocalBackend.create())
                .max(2)
                .maxConcurrency(1)
                .idleShutdownAfter(Duration.ofMillis(100))
                .listener(listener)
                .build();
    }

    /** There and back. */
    @SuppressWarnings("unchecked")
    static <T> T trip(T value) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}
