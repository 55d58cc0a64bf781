package io.flame4j.kubernetes.internal.api;

import io.flame4j.kubernetes.internal.api.Verdict.Cause;
import io.flame4j.kubernetes.internal.api.Verdict.Retry;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether and when a call is tried again. Knows no clock and does nothing itself. For one call; used by one thread
 * at a time.
 */
final class AttemptPlan {

    private static final int BRIEF = 3;

    /** An API server on a busy machine answers so long before it has read its roles. */
    static final Duration WHILE = Duration.ofSeconds(30);

    /** The part of a caller's patience that may go into doubts, so that he is told of a denial and not of a time-out. */
    private static final int OF_PATIENCE = 2;

    private final long begin;
    private final @Nullable Duration patience;
    private final Backoff soon;
    private final RandomGenerator random;
    private int failures;
    private int briefly;
    private @Nullable Long doubtsBegan;
    private boolean outage;
    private boolean cutShort;
    private @Nullable ApiCall answered;
    private @Nullable Verdict answer;

    /** For a caller who waits. */
    static AttemptPlan within(Duration patience, long now, RandomGenerator random) {
        return new AttemptPlan(now, patience, Backoff.SOON, random);
    }

    /** For what has to be done one day: it is tried again whatever the reason. */
    static AttemptPlan untilDone(long now, RandomGenerator random) {
        return new AttemptPlan(now, null, Backoff.PATIENT, random);
    }

    private AttemptPlan(long begin, @Nullable Duration patience, Backoff soon, RandomGenerator random) {
        this.begin = begin;
        this.patience = patience;
        this.soon = soon;
        this.random = random;
    }

    private Duration tried(long now) {
        return Duration.ofNanos(now - begin);
    }

    /** How long it has been tried; null when there was but one attempt. */
    @Nullable
    Duration triedMoreThanOnce(long now) {
        return failures > 1 ? tried(now) : null;
    }

    /** How long an attempt that begins now may take. */
    Duration limit(Duration usual, long now) {
        cutShort = false;
        if (patience == null) {
            return usual;
        }
        // An attempt that is due at the very end still gets the time of a quick answer.
        Duration left = patience.minus(tried(now));
        Duration least = Duration.ofSeconds(1);
        cutShort = left.compareTo(usual) < 0;
        return !cutShort ? usual : left.compareTo(least) < 0 ? least : left;
    }

    /** Whether the limit of the latest attempt was less than usual, so that its being over says nothing of the server. */
    boolean isCutShort() {
        return cutShort;
    }

    /** What the server answered to the latest attempt, which was not cut short; null when it was not answered. */
    void remember(ApiCall call, @Nullable Verdict verdict) {
        answered = call;
        answer = verdict;
    }

    /** What was last remembered, if that was about this call. */
    @Nullable
    Verdict answer(ApiCall call) {
        return call.equals(answered) ? answer : null;
    }

    /** Whether the caller's patience is at its end. */
    boolean isOver(long now) {
        return patience != null && tried(now).compareTo(patience) >= 0;
    }

    /** After a failure: how long to wait before the next attempt; null to give up. */
    @Nullable
    Duration next(Verdict verdict, long now) {
        failures++;
        if (verdict.cause() == Cause.UNREACHABLE || verdict.cause() == Cause.SERVER_FAULT) {
            outage = true;
            // What is denied after this one is denied by another server, or one that has started again.
            doubtsBegan = null;
        }
        Duration pause = pause(verdict, now);
        if (patience == null) {
            return pause != null ? pause : Backoff.SLOWLY.most().multipliedBy(3);
        }
        if (pause == null || isOver(now)) {
            return null;
        }
        Duration left = patience.minus(tried(now));
        if (pause.compareTo(left) <= 0) {
            return pause;
        }
        // The last attempt is made at the very end, unless the server does not want one so soon.
        return verdict.retryAfter() == null ? left : null;
    }

    private @Nullable Duration pause(Verdict verdict, long now) {
        return switch (retry(verdict)) {
            case NEVER -> null;
            case BRIEFLY -> ++briefly < BRIEF ? soon.after(briefly, random) : null;
            case FOR_A_WHILE -> {
                long began = doubtsBegan == null ? now : doubtsBegan;
                doubtsBegan = began;
                yield now - began < doubt() ? soon.after(failures, random) : null;
            }
            case SLOWLY -> Backoff.SLOWLY.after(failures, random);
            case SOON ->
                verdict.retryAfter() == null
                        ? soon.after(failures, random)
                        : Backoff.atLeast(verdict.retryAfter(), random);
        };
    }

    private long doubt() {
        long most = WHILE.toNanos();
        return patience == null
                ? most
                : Math.min(most, patience.dividedBy(OF_PATIENCE).toNanos());
    }

    /** A server that has just come back denies what it allows as soon as it has read its roles. */
    private Retry retry(Verdict verdict) {
        return outage && verdict.isAboutRights() ? Retry.FOR_A_WHILE : verdict.retry();
    }
}
