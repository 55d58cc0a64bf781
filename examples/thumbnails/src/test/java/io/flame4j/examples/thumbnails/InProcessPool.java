package io.flame4j.examples.thumbnails;

import io.flame4j.FlamePool;
import io.flame4j.MapResult;
import io.flame4j.PoolListener;
import io.flame4j.RemoteFunction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A pool without runners: {@code mapStream} runs in this thread, but everything makes the trip through bytes, and the
 * listener hears of one runner that boots and idles out.
 */
final class InProcessPool {

    private InProcessPool() {}

    static FlamePool open(PoolListener listener) {
        listener.onGrowStart("thumbnails", "thumbnails-1", 1);
        listener.onGrowEnd("thumbnails", "thumbnails-1", 1, Duration.ofMillis(300));
        return (FlamePool) Proxy.newProxyInstance(
                FlamePool.class.getClassLoader(), new Class<?>[] {FlamePool.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "mapStream":
                            @SuppressWarnings("unchecked")
                            RemoteFunction<Object, Object, Exception> function =
                                    (RemoteFunction<Object, Object, Exception>) trip(arguments[1]);
                            AtomicLong index = new AtomicLong();
                            return ((Stream<?>) arguments[0])
                                    .map(input -> result(index.getAndIncrement(), input, function))
                                    .onClose(() -> listener.onShrink(
                                            "thumbnails", "thumbnails-1", 0, PoolListener.ShrinkReason.IDLE));
                        case "close":
                            return null;
                        default:
                            throw new UnsupportedOperationException(method.getName());
                    }
                });
    }

    private static MapResult<Object, Object> result(
            long index, Object input, RemoteFunction<Object, Object, Exception> function) {
        try {
            try {
                return new MapResult<>(index, input, trip(function.apply(trip(input))), null);
            } catch (Exception e) {
                return new MapResult<>(index, input, null, trip(e));
            }
        } catch (Exception e) {
            throw new AssertionError("does not travel", e);
        }
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
