package io.flame4j.kubernetes.internal.api;

import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where the thread of a feed waits. Other threads put into it what has happened, and close it. Everything
 * but that is for the feed's thread.
 */
final class FeedInbox implements WatchChannel.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(PodFeed.class);

    /** What has happened. */
    sealed interface Signal {
        /** A call has an answer, or failed. */
        record Answered(CompletableFuture<?> call) implements Signal {}

        /** A watch is open. */
        record Opened(WatchChannel channel) implements Signal {}

        /** A watch tells an event. */
        record Message(WatchChannel channel, String json) implements Signal {}

        /** A watch is over; see {@link WatchChannel.Listener#ended}. */
        record Ended(
                WatchChannel channel,
                @Nullable ApiAnswer refusal,
                @Nullable Throwable failure) implements Signal {}

        /** Wakes the thread, so that it sees that it is to end. */
        record Closed() implements Signal {}
    }

    /** The thread is to end. */
    static final class ClosedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private final ApiTimer clock;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    FeedInbox(ApiTimer clock) {
        this.clock = clock;
    }

    void close() {
        closed = true;
        signals.add(new Signal.Closed());
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void opened(WatchChannel channel) {
        signals.add(new Signal.Opened(channel));
    }

    @Override
    public void message(WatchChannel channel, String json) {
        signals.add(new Signal.Message(channel, json));
    }

    @Override
    public void ended(WatchChannel channel, @Nullable ApiAnswer refusal, @Nullable Throwable failure) {
        signals.add(new Signal.Ended(channel, refusal, failure));
    }

    /** The next signal, of whatever it is about; null when the time has come before. */
    @Nullable
    Signal take(long deadline) throws ClosedException {
        while (true) {
            if (closed) {
                throw new ClosedException();
            }
            try {
                return signals.poll(Math.max(0, deadline - clock.nanos()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // Nobody who has a say here interrupts this thread; what a listener uses may.
                LOG.debug("The feed's thread was interrupted", e);
            }
        }
    }

    /** Waits, and forgets what happens meanwhile: all of it is about calls that are over. */
    void pause(Duration duration) throws ClosedException {
        long end = clock.nanos() + duration.toNanos();
        while (clock.nanos() - end < 0) {
            take(end);
        }
    }

    /** Waits for an answer, and drops the call when it does not come in time. Returns why there is none. */
    @Nullable
    Throwable await(CompletableFuture<ApiAnswer> answer, Duration limit) throws ClosedException {
        answer.whenComplete((received, failure) -> signals.add(new Signal.Answered(answer)));
        long deadline = clock.nanos() + limit.toNanos();
        try {
            while (!answer.isDone()) {
                if (take(deadline) == null) {
                    return new HttpTimeoutException("no complete answer within " + limit.toMillis() + " ms");
                }
            }
        } finally {
            answer.cancel(true);
        }
        return answer.handle((received, failure) -> failure).join();
    }
}
