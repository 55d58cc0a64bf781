package io.flame4j.testkit.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flame4j.testkit.kubernetes.internal.api.Json;
import io.flame4j.testkit.kubernetes.internal.api.StatusException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * What a {@link FakeApiServer} does wrong, until it has done so often enough or is told to end it. Thread-safe.
 *
 * @since 0.1
 */
public final class Fault implements AutoCloseable {

    enum Effect {
        FAIL,
        CUT,
        LOSE_ANSWER,
        HOLD
    }

    private static final int FORBIDDEN = 403;

    private final Predicate<ApiRequest> which;
    private final Effect effect;
    private final int status;
    private final ObjectNode body;
    private final AtomicInteger left;
    private final AtomicInteger hits = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);

    Fault(Predicate<ApiRequest> which, int count, Effect effect, int status, String body) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1, but is " + count);
        }
        this.which = Objects.requireNonNull(which, "which");
        this.effect = effect;
        this.status = status;
        this.body = body.stripLeading().startsWith("{")
                ? Json.parse(body)
                : StatusException.status(status, StatusException.reasonOf(status), body);
        left = new AtomicInteger(count);
    }

    /**
     * How many requests it has met.
     *
     * @return the number
     */
    public int hits() {
        return hits.get();
    }

    /** Lets all further requests be, and those go on that are held. */
    public void end() {
        left.set(0);
        ended.countDown();
    }

    /** As {@link #end()}. */
    @Override
    public void close() {
        end();
    }

    /** Whether this is for a request; counts. */
    boolean take(ApiRequest request) {
        if (left.get() == 0 || !which.test(request)) {
            return false;
        }
        boolean taken = left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
        if (taken) {
            hits.incrementAndGet();
        }
        return taken;
    }

    /** Whether this would deny a request for good; does not count. */
    boolean forbids(ApiRequest request) {
        return effect == Effect.FAIL && status == FORBIDDEN && left.get() > 0 && which.test(request);
    }

    void hold() throws InterruptedException {
        ended.await();
    }

    Effect effect() {
        return effect;
    }

    int status() {
        return status;
    }

    ObjectNode body() {
        return body;
    }
}
