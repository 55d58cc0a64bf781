package io.flame4j.internal.pool;

import io.flame4j.CallListener;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.internal.closure.EncodedTask;
import io.flame4j.internal.jfr.FlightRecordings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who listens to one pool: its own listeners and those of the whole process.
 *
 * <p>{@code OPENING} guards which pools are open and who listens to all of them, and is held while listeners are told of
 * that: so each hears of a pool's opening once, and of its closing after that. Nothing else is taken under it but what
 * listeners take.
 */
public final class Listeners {

    private static final Logger LOG = LoggerFactory.getLogger(PoolListener.class);
    private static final PoolListener[] NOBODY = {};

    /** Null when the runtime has no Flight Recorder: the module jdk.jfr is optional. */
    private static final @Nullable FlightRecordings RECORDINGS = recordings();

    private static final ReentrantLock OPENING = new ReentrantLock();
    private static final Map<Listeners, FlamePool> OPEN = new LinkedHashMap<>();
    private static volatile PoolListener[] everywhere = NOBODY;

    private final String pool;
    private final LongSupplier clock;
    private final PoolListener[] own;

    /** Those that have thrown: they may do so for every call, and are complained about once. */
    private final Set<Object> complainedAbout = ConcurrentHashMap.newKeySet();

    Listeners(String pool, List<PoolListener> own, LongSupplier clock) {
        this.pool = pool;
        this.own = own.toArray(NOBODY);
        this.clock = clock;
    }

    private static @Nullable FlightRecordings recordings() {
        try {
            Class.forName("jdk.jfr.Event");
            return new FlightRecordings();
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.debug("This runtime has no Flight Recorder: {}", e.toString());
            return null;
        }
    }

    // ---- the whole process

    /** Adds a listener to all pools, once. */
    public static void addEverywhere(PoolListener listener) {
        OPENING.lock();
        try {
            List<PoolListener> all = new ArrayList<>(List.of(everywhere));
            if (all.stream().anyMatch(each -> each == listener)) {
                return;
            }
            all.add(listener);
            everywhere = all.toArray(NOBODY);
            // A copy: the listener may build or close a pool.
            new LinkedHashMap<>(OPEN).forEach((listeners, open) -> listeners.tell(listener, to -> to.onOpen(open)));
        } finally {
            OPENING.unlock();
        }
    }

    /** Takes a listener from all pools. */
    public static void removeEverywhere(PoolListener listener) {
        OPENING.lock();
        try {
            List<PoolListener> all = new ArrayList<>(List.of(everywhere));
            all.removeIf(each -> each == listener);
            everywhere = all.toArray(NOBODY);
        } finally {
            OPENING.unlock();
        }
    }

    // ---- one pool

    void opens(FlamePool opened) {
        OPENING.lock();
        try {
            OPEN.put(this, opened);
            each(listener -> listener.onOpen(opened));
        } finally {
            OPENING.unlock();
        }
    }

    /** Nothing happens when it was not told that it opens. */
    void closes() {
        OPENING.lock();
        try {
            FlamePool closed = OPEN.remove(this);
            if (closed != null) {
                each(listener -> listener.onClose(closed));
            }
        } finally {
            OPENING.unlock();
        }
    }

    /** Whether there is anybody to tell of everything; recordings only want what is about runners. */
    boolean hearEverything() {
        return own.length > 0 || everywhere.length > 0;
    }

    /** Whether there is anybody to tell of runners. */
    boolean hearOfRunners() {
        return hearEverything() || RECORDINGS != null && RECORDINGS.wantsRunners();
    }

    /** Tells all of them, on this thread. */
    void each(Consumer<PoolListener> event) {
        if (RECORDINGS != null) {
            tell(RECORDINGS, event);
        }
        for (PoolListener listener : own) {
            tell(listener, event);
        }
        for (PoolListener listener : everywhere) {
            tell(listener, event);
        }
    }

    private <L> void tell(L listener, Consumer<L> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            complain(listener, e);
        }
    }

    private void complain(Object listener, Throwable e) {
        if (complainedAbout.add(listener.getClass())) {
            LOG.error(
                    "Pool '{}': the listener {} failed; the next time it does is logged at debug level",
                    pool,
                    listener.getClass().getName(),
                    e);
        } else {
            LOG.debug(
                    "Pool '{}': the listener {} failed",
                    pool,
                    listener.getClass().getName(),
                    e);
        }
    }

    // ---- calls

    /** A call begins; null when nobody wants to hear of it. */
    @Nullable
    CallWatch call() {
        PoolListener[] others = everywhere;
        List<CallListener> found = null;
        if (RECORDINGS != null && RECORDINGS.wantsCalls()) {
            found = heard(RECORDINGS, null);
        }
        if (own.length > 0 || others.length > 0) {
            found = hearers(others, hearers(own, found));
        }
        return found == null ? null : new CallWatch(this, pool, clock, found);
    }

    /** Those who follow a call because they let a context travel with it hear of it as well. */
    @Nullable
    CallWatch call(EncodedTask task, @Nullable CallWatch watch, List<CallListener> followers) {
        if (followers.isEmpty()) {
            return watch;
        }
        if (watch != null) {
            watch.add(followers);
            return watch;
        }
        CallWatch made = new CallWatch(this, pool, clock, followers);
        made.encoded(task);
        return made;
    }

    private @Nullable List<CallListener> hearers(PoolListener[] listeners, @Nullable List<CallListener> before) {
        List<CallListener> found = before;
        for (PoolListener listener : listeners) {
            found = heard(listener, found);
        }
        return found;
    }

    private @Nullable List<CallListener> heard(PoolListener listener, @Nullable List<CallListener> before) {
        CallListener hearer = hearer(listener);
        if (hearer == null) {
            return before;
        }
        List<CallListener> found = before == null ? new ArrayList<>(2) : before;
        found.add(hearer);
        return found;
    }

    private @Nullable CallListener hearer(PoolListener listener) {
        try {
            return listener.onCall(pool);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            complain(listener, e);
            return null;
        }
    }

    /** Tells those who follow one call, on this thread. */
    void tellEach(List<CallListener> hearers, Consumer<CallListener> event) {
        for (CallListener hearer : hearers) {
            tell(hearer, event);
        }
    }
}
