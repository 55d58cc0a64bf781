package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Contender.NotOfferedException;
import io.flame4j.benchmarks.Contender.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The contenders of one measure, each with its runner, in turn. One that fails is left out from then on, and the cause is
 * noted among the figures.
 */
final class Sessions implements AutoCloseable {

    /** Takes from a session what a measure uses. */
    interface Take<T> {
        T from(Session session) throws Exception;
    }

    /** Measures one contender. */
    interface Use<T> {
        void use(String contender, T what) throws Exception;
    }

    private final Bench bench;
    private final String group;
    private final Map<String, Session> live = new LinkedHashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private Sessions(Bench bench, String group) {
        this.bench = bench;
        this.group = group;
    }

    /** Starts a runner of each contender, for so many callers; or takes those that are shared, which others end. */
    static Sessions start(Bench bench, String group, int callers) throws Exception {
        Sessions shared = bench.shared();
        if (shared != null) {
            Sessions view = new Sessions(bench, group);
            view.live.putAll(shared.live);
            return view;
        }
        Sessions sessions = new Sessions(bench, group);
        for (Contender contender : bench.contenders()) {
            sessions.guarded(contender.label(), () -> {
                Session session = contender.open(callers);
                sessions.open.push(session);
                session.start();
                session.noOp().run();
                sessions.live.put(contender.label(), session);
            });
        }
        return sessions;
    }

    /** Takes the same of each. */
    <T> Map<String, T> take(Take<T> take) throws Exception {
        Map<String, T> result = new LinkedHashMap<>();
        for (Map.Entry<String, Session> each : live.entrySet()) {
            guarded(each.getKey(), () -> result.put(each.getKey(), take.from(each.getValue())));
        }
        return result;
    }

    /** Measures each in turn. */
    <T> void each(Map<String, T> all, Use<T> use) throws Exception {
        List<String> failed = new ArrayList<>();
        for (Map.Entry<String, T> each : all.entrySet()) {
            if (!guarded(each.getKey(), () -> use.use(each.getKey(), each.getValue()))) {
                failed.add(each.getKey());
            }
        }
        all.keySet().removeAll(failed);
    }

    private interface Step {
        void run() throws Exception;
    }

    private boolean guarded(String contender, Step step) throws Exception {
        return guarded(bench, group, contender, step::run);
    }

    /** Runs a step of a contender; a failure is noted, and said by false. */
    static boolean guarded(Bench bench, String group, String contender, Contender.Exchange step) throws Exception {
        try {
            step.run();
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (NotOfferedException e) {
            return false;
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            bench.progress(() -> group + ": " + contender + " failed: " + e);
            bench.figures().fail(group, contender, e);
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
