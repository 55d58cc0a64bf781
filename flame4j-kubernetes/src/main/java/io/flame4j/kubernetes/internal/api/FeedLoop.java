package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.flame4j.kubernetes.internal.api.ApiCall.Target;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import io.flame4j.kubernetes.internal.api.FeedInbox.ClosedException;
import io.flame4j.kubernetes.internal.api.FeedInbox.Signal;
import io.flame4j.kubernetes.internal.api.Verdict.Cause;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the thread of a feed does. It waits in its inbox alone; everything here belongs to that thread, and others read
 * {@code listing}.
 */
final class FeedLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(PodFeed.class);
    private static final int GONE = 410;
    private static final int PAGE = 500;

    /** How many times longer than the longest pause it waits when somebody has to change something first. */
    private static final int HOPELESS = 3;

    /** For how many times the doubt a denial is not believed, although an outage comes again and again. */
    private static final int MOST_DOUBT = 4;

    /** What is followed, and by whom. */
    record Scope(String namespace, Map<String, String> labels, Identity identity) {}

    /** Where pods come from. */
    record Source(ApiTransport transport, Scope scope) {
        String namespace() {
            return scope.namespace();
        }
    }

    /** Where they go. */
    record Sink(PodStore store, FeedSync sync, PodFeed.Listener listener) {}

    private final ApiTransport transport;
    private final Scope scope;
    private final PodStore store;
    private final FeedSync sync;
    private final PodFeed.Listener listener;
    private final FeedTimes times;
    private final RandomGenerator random;
    private final Trouble trouble = new Trouble(LOG, "The feed of runner pods is back");
    private final FeedInbox inbox;
    private volatile boolean listing;

    /** Up to which version of the cluster the store is right; null when a full list is needed. */
    private @Nullable String version;

    private int failures;
    private int forgotten;
    /** Whether it has been allowed, and not been denied for good since. */
    private boolean listed;

    private boolean watched;
    private boolean denied;
    private long deniedSince;

    /** The same, but for no outage in between. */
    private boolean doubted;

    private long doubtedSince;
    private long tryWatchAt;

    FeedLoop(Source source, Sink sink, FeedTimes times, RandomGenerator random) {
        this.transport = source.transport();
        this.scope = source.scope();
        this.inbox = new FeedInbox(transport.timer());
        this.store = sink.store();
        this.sync = sink.sync();
        this.listener = sink.listener();
        this.times = times;
        this.random = random;
    }

    boolean isListing() {
        return listing;
    }

    void close() {
        inbox.close();
    }

    @Override
    public void run() {
        try {
            while (!inbox.isClosed()) {
                survive();
            }
        } catch (ClosedException e) {
            LOG.debug("The feed of runner pods in namespace {} is closed", scope.namespace());
        }
    }

    /** One step. Whatever it meets must not end the feed, on which all runners of a process depend. */
    private void survive() throws ClosedException {
        try {
            step();
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "Unexpected failure of the feed of runner pods in namespace {}; it lists them anew",
                    scope.namespace(),
                    e);
            version = null;
            failures++;
            inbox.pause(times.backoff().after(failures, random));
        }
    }

    private void step() throws ClosedException {
        if (version == null) {
            list();
        } else if (!listing) {
            watch();
        } else {
            inbox.pause(times.listEvery());
            if (now() - tryWatchAt >= 0) {
                watch();
            } else {
                list();
            }
        }
    }

    // Lists

    private void list() throws ClosedException {
        List<Pod> pods = new ArrayList<>();
        String listVersion;
        String next = "";
        do {
            PodList page = page(next);
            if (page == null) {
                return;
            }
            pods.addAll(page.getItems());
            listVersion = page.getMetadata().getResourceVersion();
            next = page.getMetadata().getContinue() == null
                    ? ""
                    : page.getMetadata().getContinue();
        } while (!next.isEmpty());
        version = listVersion;
        listed = true;
        if (listing) {
            works();
        }
        tell(listener::listBegins, "a list of pods");
        apply(pods);
        tell(listener::listed, "a list of pods");
        sync.synced();
    }

    /** One page of a list; null when it did not come, which has been dealt with. */
    private @Nullable PodList page(String next) throws ClosedException {
        ApiCall call = ApiCall.list(Target.all("pods", scope.namespace()), listQuery(next));
        CompletableFuture<ApiAnswer> answer = transport.send(call, times.answer());
        Throwable failure = inbox.await(answer, times.answer());
        if (failure == null) {
            ApiAnswer received = answer.join();
            if (received.isSuccess()) {
                PodList page = read(received.body(), PodList.class);
                if (page != null && page.getMetadata() != null) {
                    return page;
                }
                failure = new IOException("a list of pods that cannot be read");
            } else {
                refused(call, received);
                return null;
            }
        }
        failed(call, Verdict.ofFailure(failure), failure);
        return null;
    }

    private Map<String, String> listQuery(String next) {
        Map<String, String> query = selector();
        if (!next.isEmpty()) {
            query.put("continue", next);
        }
        if (listing && version != null) {
            // From the server's cache, which costs it little, and never older than what is known.
            query.put("resourceVersion", version);
        } else {
            query.put("limit", Integer.toString(PAGE));
        }
        return query;
    }

    private Map<String, String> selector() {
        Map<String, String> query = new LinkedHashMap<>();
        if (!scope.labels().isEmpty()) {
            query.put("labelSelector", ApiCall.selector(scope.labels()));
        }
        return query;
    }

    private void apply(List<Pod> pods) {
        for (Pod missing : store.missingIn(pods)) {
            gone(missing);
        }
        for (Pod pod : PodStore.inOrder(pods)) {
            changed(pod);
        }
    }

    // Watches

    private void watch() throws ClosedException {
        Duration watchFor =
                times.watchFor().plusMillis(random.nextLong(1 + times.watchFor().toMillis() / 2));
        Map<String, String> query = selector();
        query.put("watch", "true");
        query.put("allowWatchBookmarks", "true");
        query.put("resourceVersion", String.valueOf(version));
        query.put("timeoutSeconds", Long.toString(Math.max(1, watchFor.toSeconds())));
        ApiCall call = new ApiCall("watch", Target.all("pods", scope.namespace()), query, null, List.of());
        WatchChannel channel = new WatchChannel(transport, call, times.answer(), inbox);
        channel.open();
        try {
            follow(channel, call, now() + watchFor.plus(times.overdue()).toNanos());
        } finally {
            channel.close();
        }
    }

    private void follow(WatchChannel channel, ApiCall call, long overdueAt) throws ClosedException {
        // Twice the time for one answer, since there may be two requests.
        long deadline = now() + 2 * times.answer().toNanos();
        boolean opened = false;
        boolean proven = false;
        while (true) {
            Signal signal = inbox.take(deadline);
            if (signal == null && !opened) {
                failed(call, Verdict.ofFailure(new HttpTimeoutException("no answer")), null);
                return;
            } else if (signal == null && !proven) {
                proven = true;
                deadline = overdueAt;
                works();
            } else if (signal == null) {
                LOG.debug("A watch is overdue: its connection must be dead");
                version = null;
                return;
            } else if (signal instanceof Signal.Opened open && open.channel() == channel) {
                opened = true;
                deadline = now() + times.proven().toNanos();
                LOG.debug("The pods of namespace {} are watched from version {}", scope.namespace(), version);
                mayWatch();
            } else if (signal instanceof Signal.Message message && message.channel() == channel) {
                proven = true;
                deadline = overdueAt;
                if (!event(call, message.json())) {
                    return;
                }
                channel.more();
            } else if (signal instanceof Signal.Ended end && end.channel() == channel) {
                if (opened && !proven && now() - deadline >= 0) {
                    // It lived long enough, and this thread was not there to see it.
                    proven = true;
                    works();
                }
                ended(call, end, proven);
                return;
            }
        }
    }

    private void ended(ApiCall call, Signal.Ended end, boolean proven) throws ClosedException {
        if (end.refusal() != null) {
            refused(call, end.refusal());
        } else if (proven) {
            LOG.debug("A watch ended; the next goes on where it did", end.failure());
            if (end.failure() != null) {
                inbox.pause(times.backoff().after(1, random));
            }
        } else if (end.failure() != null) {
            failed(call, Verdict.ofFailure(end.failure()), end.failure());
        } else {
            // Some servers close a watch of a version they have forgotten without a word.
            version = null;
            failed(call, Verdict.ofFailure(new IOException("the connection was closed at once")), null);
        }
    }

    private void refused(ApiCall call, ApiAnswer refusal) throws ClosedException {
        Verdict verdict = Verdict.ofAnswer(refusal, status(refusal));
        if (refusal.code() == GONE) {
            forgotten(call, verdict);
        } else if (verdict.isAboutRights() && isDoubtful(call)) {
            failed(call, verdict.doubtful(), null);
        } else if (verdict.kind() == Kind.DENIED && call.verb().equals("watch")) {
            mayNotWatch(call, verdict);
        } else {
            if (call.verb().equals("list")) {
                // It may be the version: newer than what a server knows that was set back to a backup.
                version = null;
            }
            failed(call, verdict, null);
        }
    }

    /** Whether it was allowed before, and denied since a moment only: a server that starts does not know all rights yet. */
    private boolean isDoubtful(ApiCall call) {
        if (call.verb().equals("watch") ? !watched : !listed) {
            return false;
        }
        if (!denied) {
            denied = true;
            deniedSince = now();
        }
        if (!doubted) {
            doubted = true;
            doubtedSince = now();
        }
        long doubt = times.doubt().toNanos();
        return now() - deniedSince < doubt && now() - doubtedSince < doubt * MOST_DOUBT;
    }

    /** The server does not remember the version: list again. At once, unless that happens again and again. */
    private void forgotten(ApiCall call, Verdict verdict) throws ClosedException {
        version = null;
        if (++forgotten > 2) {
            failed(call, verdict, null);
        }
    }

    private void mayNotWatch(ApiCall call, Verdict verdict) {
        tryWatchAt = now() + times.tryWatchEvery().toNanos();
        // It is believed now: the next denial, a minute later, is no news that would have to be doubted.
        watched = false;
        if (!listing) {
            listing = true;
            LOG.warn(
                    "{}: {}\nUntil then the pods are listed once a second, which costs the API server more and tells"
                            + " everything a little later.",
                    Explanation.failed(call),
                    Explanation.reason(call, verdict, scope.identity(), transport.server()));
        }
    }

    private void mayWatch() {
        watched = true;
        if (listing) {
            listing = false;
            LOG.info("The pods of namespace \"{}\" may be watched now and are not listed any more.", scope.namespace());
        }
    }

    /** Takes in one event. Returns whether the watch can go on. */
    private boolean event(ApiCall call, String json) throws ClosedException {
        WatchEvent event = read(json, WatchEvent.class);
        if (event == null || event.getType() == null) {
            version = null;
            failed(call, Verdict.ofFailure(new IOException("an event that cannot be read")), null);
            return false;
        }
        if (event.getObject() instanceof Status status) {
            int code = status.getCode() == null ? 0 : status.getCode();
            refused(call, new ApiAnswer(code, transport.serialization().asJson(status), null));
            return false;
        }
        if (!(event.getObject() instanceof Pod pod)) {
            LOG.debug("An event of type {} that is not about a pod", event.getType());
            return true;
        }
        works();
        if (pod.getMetadata().getResourceVersion() != null) {
            version = pod.getMetadata().getResourceVersion();
        }
        switch (event.getType()) {
            case "ADDED", "MODIFIED" -> changed(pod);
            case "DELETED" -> gone(pod);
            default -> LOG.trace("The server is at version {}", version);
        }
        return true;
    }

    // What comes of it

    private void changed(Pod pod) {
        if (store.put(pod)) {
            tell(() -> listener.changed(pod), pod);
        }
    }

    private void gone(Pod pod) {
        if (store.remove(pod)) {
            Pod lastKnown = PodStore.slim(pod);
            tell(() -> listener.gone(lastKnown), lastKnown);
        }
    }

    private void tell(Runnable what, Pod pod) {
        tell(what, "pod " + pod.getMetadata().getName());
    }

    private void tell(Runnable what, String news) {
        if (inbox.isClosed()) {
            return;
        }
        try {
            what.run();
        } catch (RuntimeException | LinkageError | AssertionError e) {
            LOG.error("A listener failed at the news of {}", news, e);
        }
    }

    /** What it does now goes well: listing, or watching; a list alone says nothing about watching. */
    private void works() {
        failures = 0;
        forgotten = 0;
        denied = false;
        doubted = false;
        trouble.succeeded(this, now());
    }

    private void failed(ApiCall call, Verdict verdict, @Nullable Throwable failure) throws ClosedException {
        failures++;
        if (verdict.cause() == Cause.UNREACHABLE || verdict.cause() == Cause.SERVER_FAULT) {
            // What is denied after this one is denied by another server, or one that has started again.
            denied = false;
        }
        String reason = Explanation.reason(call, verdict, scope.identity(), transport.server());
        trouble.failed(this, "The feed of runner pods is lost. " + Explanation.failed(call) + ": " + reason, now());
        sync.failed(Explanation.exception(call, verdict, scope.identity(), transport.server(), null, failure));
        Duration pause = times.backoff().after(failures, random);
        if (verdict.retryAfter() != null) {
            pause = Backoff.atLeast(verdict.retryAfter(), random);
        } else if (verdict.retry() == Verdict.Retry.NEVER) {
            pause = times.backoff().most().multipliedBy(HOPELESS);
        }
        inbox.pause(pause);
    }

    private long now() {
        return transport.timer().nanos();
    }

    private @Nullable Status status(ApiAnswer answer) {
        return answer.body().startsWith("{") ? read(answer.body(), Status.class) : null;
    }

    private <T> @Nullable T read(String json, Class<T> type) {
        return Reading.of(transport.serialization(), json, type, LOG);
    }
}
