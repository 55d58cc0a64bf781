package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the pods with some labels. It lists them once and then watches; the watch goes on where the last one
 * ended, and only when the server does not remember that far back is there a new list, by which pods that are missing are
 * reported as gone. It outlives everything that passes: a server that restarts, lost connections, an expired version, a
 * rotated token. Without the right to watch, it lists once a second, and looks once a minute whether it may watch by now.
 *
 * <p>One thread, {@code flame4j-feed-<namespace>}, does all of that and calls the listener. While it watches, changes are
 * reported in the order of the server's events, and what {@link #pods()} returns to the listener is what is true after
 * exactly the events up to the one reported.
 *
 * <p>Pods come without the environment variables, commands and arguments of their containers, and without managed fields.
 * They belong to the feed; nobody may change them. Thread-safe.
 */
public final class PodFeed implements AutoCloseable {

    /** Is told what happens, one thing at a time, in order, on one thread of the feed. */
    public interface Listener {
        /**
         * A pod is new or has changed.
         *
         * @param pod the pod
         */
        void changed(Pod pod);

        /**
         * A pod is there no more.
         *
         * @param lastKnown the last that is known of it
         */
        void gone(Pod lastKnown);

        /**
         * A full list has come: the first, one after a watch could not go on, or, without the right to watch, one of many.
         * What differs from what was known is told next, and then {@link #listed()}. If that fails, or the feed is closed,
         * there is no {@link #listed()}; when the feed goes on, it lists anew, and this is called again.
         */
        default void listBegins() {}

        /** All that the list has brought has been told, and {@link PodFeed#pods()} is what the list says. */
        default void listed() {}
    }

    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final PodStore store = new PodStore();
    private final FeedSync sync = new FeedSync();
    private final FeedLoop loop;
    private final Thread thread;

    private PodFeed(FeedLoop.Source source, Listener listener, FeedTimes times, RandomGenerator random) {
        this.loop = new FeedLoop(source, new FeedLoop.Sink(store, sync, listener), times, random);
        this.thread = new Thread(loop, "flame4j-feed-" + source.namespace());
        thread.setDaemon(true);
    }

    /**
     * Begins to follow the pods that have all these labels. Does not block.
     *
     * @param client what to call with; stays open
     * @param namespace where they are
     * @param labels the labels; none for all pods
     * @param identity who calls, for messages
     * @param listener is told what happens; what it throws is logged
     */
    public static PodFeed open(
            KubernetesClient client,
            String namespace,
            Map<String, String> labels,
            Identity identity,
            Listener listener) {
        return open(client, new FeedLoop.Scope(namespace, Map.copyOf(labels), identity), listener, FeedTimes.USUAL);
    }

    /** With other times. */
    static PodFeed open(KubernetesClient client, FeedLoop.Scope scope, Listener listener, FeedTimes times) {
        return open(client, scope, listener, times, ApiTimer.clockOnly());
    }

    /** With another clock, too. */
    static PodFeed open(
            KubernetesClient client, FeedLoop.Scope scope, Listener listener, FeedTimes times, ApiTimer clock) {
        ApiTransport transport = new ApiTransport(client, clock);
        PodFeed feed =
                new PodFeed(new FeedLoop.Source(transport, scope), listener, times, RandomGenerator.getDefault());
        feed.thread.start();
        return feed;
    }

    /** The pods that are known now. */
    public List<Pod> pods() {
        return store.all();
    }

    /** Whether it lists once a second, since it may not watch. */
    public boolean isListing() {
        return loop.isListing();
    }

    /**
     * Waits until the first full list is known.
     *
     * @param atMost how long
     * @throws ApiException when it is not known by then; at once, when the server refuses to list
     */
    public void awaitSynced(Duration atMost) throws ApiException, InterruptedException {
        @Nullable ApiException failure = sync.await(TimeUnit.NANOSECONDS.convert(atMost));
        if (failure != null) {
            throw failure;
        }
    }

    /** Ends the feed and its thread. When this returns, the listener is not called any more, unless it is what called. */
    @Override
    public void close() {
        loop.close();
        sync.closed();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
