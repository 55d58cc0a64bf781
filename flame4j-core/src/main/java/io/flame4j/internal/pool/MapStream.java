package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.MapOptions;
import io.flame4j.MapResult;
import io.flame4j.PoolSaturatedException;
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

    /** An input that found the pool's queue full, of calls of this map at least in part: it is tried again later. */
    private @Nullable I heldBack;

    private boolean holdsBack;

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
        boolean room = true;
        while (room && !closed && submitted - read < window && (holdsBack || inputs.hasNext())) {
            room = submitNext();
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
        MapProgress.tell(pool, options, count);
        action.accept(next);
        return true;
    }

    /** Submits the next input; false when there is no room for it before another call has ended. */
    @SuppressWarnings("NullAway") // an input may be null when the type of the inputs says so
    private boolean submitNext() {
        I input = holdsBack ? heldBack : inputs.next();
        holdsBack = false;
        heldBack = null;
        try {
            submit(submitted, input);
        } catch (PoolSaturatedException e) {
            if (submitted > read) {
                heldBack = input;
                holdsBack = true;
                return false;
            }
            done.add(new MapResult<>(submitted, input, null, e));
        } catch (RuntimeException e) {
            // This input cannot travel, or the pool is closed: that is this input's result.
            done.add(new MapResult<>(submitted, input, null, e));
        }
        submitted++;
        return true;
    }

    private void submit(long index, I input) {
        CompletableFuture<O> call = submit.apply(input);
        inFlight.add(call);
        call.whenComplete((value, failure) -> {
            inFlight.remove(call);
            done.add(new MapResult<>(index, input, value, failure));
        });
        if (closed) {
            // Closed meanwhile by another thread, which may have missed this call.
            call.cancel(true);
        }
    }

    /** Cancels what is queued or running. */
    void close() {
        closed = true;
        for (CompletableFuture<O> call : new ArrayList<>(inFlight)) {
            call.cancel(true);
        }
    }
}
