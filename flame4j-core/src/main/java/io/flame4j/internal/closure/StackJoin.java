package io.flame4j.internal.closure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one stack out of two: the frames of the task, a line that names the runner, the frames of the caller that waited.
 * Causes and suppressed exceptions get the same end, which {@code printStackTrace} then abbreviates.
 */
final class StackJoin {

    private static final Logger LOG = LoggerFactory.getLogger(StackJoin.class);
    private static final String INTERNAL = "io.flame4j.internal.";
    private static final String TASK_BEGINS = DecodedTask.class.getName();

    private final StackTraceElement marker;
    private final StackTraceElement[] caller;
    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Throwable> pending = new ArrayList<>();

    StackJoin(String runner, StackTraceElement[] caller) {
        this.marker = new StackTraceElement(
                "flame4j.runner " + runner, "call", caller.length == 0 ? "remote" : "remote above, caller below", -1);
        this.caller = caller;
    }

    void join(Throwable failure) {
        add(failure);
        while (!pending.isEmpty()) {
            try {
                joinOne(pending.remove(pending.size() - 1));
            } catch (RuntimeException e) {
                // A class of the application, or whoever made the frames up: its stack stays as it is.
                LOG.debug("Could not join the stacks of a failure", e);
            }
        }
    }

    private void joinOne(Throwable next) {
        add(next.getCause());
        for (Throwable suppressed : next.getSuppressed()) {
            add(suppressed);
        }
        next.setStackTrace(join(next.getStackTrace()));
    }

    private void add(@Nullable Throwable failure) {
        if (failure != null && seen.add(failure)) {
            pending.add(failure);
        }
    }

    private StackTraceElement[] join(StackTraceElement[] remote) {
        int end = 0;
        while (end < remote.length && !remote[end].getClassName().equals(TASK_BEGINS)) {
            end++;
        }
        StackTraceElement[] kept = withoutInternal(Arrays.copyOf(remote, end));
        StackTraceElement[] joined = Arrays.copyOf(kept, kept.length + 1 + caller.length);
        joined[kept.length] = marker;
        System.arraycopy(caller, 0, joined, kept.length + 1, caller.length);
        return joined;
    }

    static StackTraceElement[] withoutInternal(StackTraceElement[] frames) {
        List<StackTraceElement> kept = new ArrayList<>(frames.length);
        for (StackTraceElement frame : frames) {
            if (!frame.getClassName().startsWith(INTERNAL)) {
                kept.add(frame);
            }
        }
        return kept.toArray(new StackTraceElement[0]);
    }
}
