package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.flame4j.kubernetes.internal.api.Attempts.Outcome;
import io.flame4j.kubernetes.internal.api.Verdict.Cause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates one object, exactly once. When the answer to the call was lost, the object may exist: it is looked for before
 * the call is sent again, and adopted when it is there. When nobody waits for the result any more, or the time is up, this
 * goes on until it is known that nothing was created, or what was created is being deleted.
 *
 * <p>One step is under way at a time; it ends on a thread of the HTTP client or of the timer, which begins the next. The
 * futures hand over between caller and steps.
 *
 * @param <T> what is created
 */
final class Creation<T extends HasMetadata> {

    /** What a creation has to know about what it makes. */
    interface Made<T> {
        /** The object that a call to create it answers with. */
        T read(ApiAnswer answer);

        /** How to look for what was made. */
        ApiCall lookUp();

        /**
         * What of that look this creation made; null when the look must be repeated.
         *
         * @param likely whether there is reason to think that there is something
         */
        @Nullable
        List<T> found(Outcome look, boolean likely);

        /** Gets rid of one. */
        void delete(T unwanted);
    }

    private static final Logger LOG = LoggerFactory.getLogger(PodApi.class);

    private static final Outcome UNREADABLE =
            new Outcome(null, Verdict.ofFailure(new IOException("an answer that cannot be read")), null);

    /** After this long nothing of a call whose answer was lost can be under way in a server. */
    private static final Duration SETTLED = Duration.ofSeconds(35);

    private final Attempts attempts;
    private final ApiCall call;
    private final Made<T> made;
    private final CompletableFuture<T> result;
    private final CompletableFuture<Void> settled;
    private AttemptPlan plan;
    private boolean perhapsCreated;
    private boolean answerWasLost;
    private boolean cleaning;
    private boolean nameIsTaken;

    Creation(Attempts attempts, ApiCall call, Made<T> made, Duration patience) {
        this.attempts = attempts;
        this.call = call;
        this.made = made;
        this.plan = attempts.within(patience);
        this.result = attempts.pending(new CompletableFuture<>());
        this.settled = attempts.pending(new CompletableFuture<>());
    }

    /**
     * What was created, or an {@link ApiException}. Who does not want it any more completes it; when that fails, the
     * object is there and is theirs.
     */
    CompletableFuture<T> result() {
        return result;
    }

    /** Completes when nothing is under way any more, and everything that was created is known to somebody. */
    CompletableFuture<Void> settled() {
        return settled;
    }

    void send() {
        attempts.once(call, plan, result::isDone).thenAccept(this::sent);
    }

    private void sent(Outcome outcome) {
        Verdict verdict = outcome.verdict();
        T created = outcome.answer() == null ? null : read(outcome.answer());
        if (created != null) {
            found(created);
        } else if (outcome.answer() != null) {
            sent(UNREADABLE);
        } else if (verdict != null && verdict.cause() == Cause.EXISTS && answerWasLost) {
            nameIsTaken = true;
            perhapsCreated = true;
            lookUp();
        } else if (verdict != null) {
            perhapsCreated |= verdict.perhapsDone();
            answerWasLost |= perhapsCreated;
            again(call, outcome);
        }
    }

    private @Nullable T read(ApiAnswer answer) {
        try {
            return made.read(answer);
        } catch (RuntimeException e) {
            // Its message may repeat what was read.
            LOG.debug("{}: the answer cannot be read ({})", call, e.getClass().getSimpleName());
            return null;
        }
    }

    private @Nullable List<T> mine(Outcome look) {
        try {
            return made.found(look, nameIsTaken || result.isDone());
        } catch (RuntimeException e) {
            LOG.debug(
                    "{}: what was looked for cannot be read ({})",
                    call,
                    e.getClass().getSimpleName());
            return null;
        }
    }

    private void lookUp() {
        ApiCall look = made.lookUp();
        attempts.once(look, plan, () -> false).thenAccept(outcome -> {
            List<T> mine = mine(outcome);
            if (mine == null) {
                again(look, outcome.verdict() == null ? UNREADABLE : outcome);
                return;
            }
            perhapsCreated = false;
            if (!mine.isEmpty()) {
                LOG.debug("{}: the answer was lost, but it was carried out", call);
                mine.subList(1, mine.size()).forEach(made::delete);
                found(mine.get(0));
            } else if (result.isDone()) {
                end(null);
            } else {
                send();
            }
        });
    }

    private void again(ApiCall failed, Outcome outcome) {
        Duration pause = result.isDone() ? null : attempts.next(failed, outcome, plan);
        if (pause == null) {
            ApiException failure = attempts.exception(failed, outcome, plan);
            result.completeExceptionally(failure);
            pause = perhapsCreated ? cleanUp(failed, outcome, failure) : null;
        }
        if (pause != null) {
            attempts.timer().schedule(this::next, pause);
        } else {
            attempts.ended(failed);
            end(null);
        }
    }

    /** Nobody waits any more, but something may be there. Returns when to look again, null when that is hopeless. */
    private @Nullable Duration cleanUp(ApiCall failed, Outcome outcome, ApiException failure) {
        Verdict verdict = outcome.verdict();
        // Not as the caller is told, which may be by an earlier answer.
        if (verdict != null && verdict.isPermanent()) {
            LOG.warn("Something may have been created that nobody waits for. {}", failure.getMessage());
            return null;
        }
        if (!cleaning) {
            cleaning = true;
            plan = attempts.untilDone();
        }
        return attempts.next(failed, outcome, plan);
    }

    private void next() {
        if (perhapsCreated) {
            lookUp();
        } else {
            send();
        }
    }

    private void found(T created) {
        if (result.complete(created)) {
            end(created);
        } else {
            made.delete(created);
            end(null);
        }
    }

    private void end(@Nullable T kept) {
        attempts.ended(call);
        if (answerWasLost) {
            attempts.timer().schedule(() -> lookForDoubles(kept), SETTLED);
        }
        settled.complete(null);
    }

    /** A call whose answer was lost may have been carried out after it was looked for. */
    private void lookForDoubles(@Nullable T kept) {
        String uid = kept == null ? "" : kept.getMetadata().getUid();
        attempts.once(made.lookUp(), attempts.within(SETTLED), () -> false).thenAccept(outcome -> {
            List<T> mine = mine(outcome);
            if (mine == null) {
                LOG.debug("{}: whether it was carried out twice is not known", call, outcome.failure());
                return;
            }
            mine.stream()
                    .filter(each -> !Objects.equals(each.getMetadata().getUid(), uid))
                    .forEach(made::delete);
        });
    }
}
