package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.MapOptions;
import io.flame4j.MapResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Results of a map as they finish, pulled by one reading thread, which also submits: inputs that are queued, running or
 * done but not read yet are never more than the window.
 */
final class MapStream<I extends @Nullable Object, O extends @Nullable Object>
        extends Spliterators.AbstractSpliterator<MapResult<I, O>> {

    private final String pool;
    private final Iterator<? extends I> inputs;
    private final MapOptions options;
    private final Function<I, CompletableFuture<O>> submit;
    private final int window;
    private final LinkedBlockingQueue<MapResult<I, O>> done = new LinkedBlockingQueue<>();
    private final Set<CompletableFuture<O>> inFlight = ConcurrentHashMap.newKeySet();
    private long submitted;
    private long read;
    private volatile boolean closed;

    MapStream(
            String pool,
            Iterator<? extends I> inputs,
            MapOptions options,
            int window,
            Function<I, CompletableFuture<O>> submit) {
        super(Long.MAX_VALUE, Spliterator.NONNULL);
        this.pool = pool;
        this.inputs = inputs;
        this.options = options;
        this.window = window;
        this.submit = submit;
    }

    @Override
    public boolean tryAdvance(Consumer<? super MapResult<I, O>> action) {
        while (!closed && submitted - read < window && inputs.hasNext()) {
            submit(submitted++, inputs.next());
        }
        if (closed || read == submitted) {
            return false;
        }
        MapResult<I, O> next;
        try {
            next = done.take();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(
                    "Pool '" + pool + "': the thread that read the results of a map was interrupted; its tasks have"
                            + " been too.",
                    null);
        }
        read++;
        long count = read;
        options.onCompleted().ifPresent(listener -> listener.accept(count));
        action.accept(next);
        return true;
    }

    private void submit(long index, I input) {
        CompletableFuture<O> call;
        try {
            call = submit.apply(input);
        } catch (RuntimeException e) {
            // This input cannot travel, or the pool is full or closed: that is this input's result.
            done.add(new MapResult<>(index, input, null, e));
            return;
        }
        inFlight.add(call);
        call.whenComplete((value, failure) -> {
            inFlight.remove(call);
            done.add(new MapResult<>(index, input, value, failure));
        });
    }

    /** Cancels what is queued or running. */
    void close() {
        closed = true;
        for (CompletableFuture<O> call : new ArrayList<>(inFlight)) {
            call.cancel(true);
        }
    }
}
