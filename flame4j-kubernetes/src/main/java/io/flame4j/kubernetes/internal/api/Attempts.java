package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Status;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends calls, once or until they are answered. This is the only place where calls are tried again. Nothing here blocks:
 * answers arrive on threads of the HTTP client, and later attempts begin on the timer's thread.
 */
final class Attempts {

    private static final Logger LOG = LoggerFactory.getLogger(PodApi.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Enough for a burst of boots; less than the streams of one HTTP/2 connection, and no burden for a server. */
    private static final int MAX_IN_FLIGHT = 64;

    private final ApiTransport transport;
    private final Identity identity;
    private final RandomGenerator random;
    private final InFlight inFlight = new InFlight(MAX_IN_FLIGHT);
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();
    private final Set<String> allowed = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private final Trouble trouble = new Trouble(LOG, "Calls to the API server go through again");
    private final Trouble quota = new Trouble(LOG, "Pods can be created again: the quota has room");

    /** By the right that is missing: one that is never given must not keep the log from telling of others, or of outages. */
    private final Map<String, Trouble> denied = new ConcurrentHashMap<>();

    Attempts(ApiTransport transport, Identity identity, RandomGenerator random) {
        this.transport = transport;
        this.identity = identity;
        this.random = random;
    }

    /** What came of an attempt: an answer with success, or a verdict, and what was thrown, if anything was. */
    record Outcome(
            @Nullable ApiAnswer answer,
            @Nullable Verdict verdict,
            @Nullable Throwable failure) {}

    ApiTransport transport() {
        return transport;
    }

    ApiTimer timer() {
        return transport.timer();
    }

    RandomGenerator random() {
        return random;
    }

    AttemptPlan within(Duration patience) {
        return AttemptPlan.within(patience, timer().nanos(), random);
    }

    AttemptPlan untilDone() {
        return AttemptPlan.untilDone(timer().nanos(), random);
    }

    /**
     * Sends a call until it succeeds, cannot, or the plan gives up; then the future fails with an {@link ApiException}.
     * Completing the future ends it.
     */
    CompletableFuture<ApiAnswer> send(ApiCall call, AttemptPlan plan) {
        CompletableFuture<ApiAnswer> result = pending(new CompletableFuture<>());
        send(call, plan, result);
        return result;
    }

    /** Makes sure that who waits for this future does not wait beyond {@link #close()}. */
    <T> CompletableFuture<T> pending(CompletableFuture<T> result) {
        pending.add(result);
        result.whenComplete((value, failure) -> pending.remove(result));
        if (closed) {
            result.completeExceptionally(closedException());
        }
        return result;
    }

    /** Everything that is pending fails. What is under way to the server is not called back. */
    void close() {
        closed = true;
        timer().close();
        pending.forEach(result -> result.completeExceptionally(closedException()));
    }

    private static ApiException closedException() {
        return new ApiException(
                ApiException.Kind.UNAVAILABLE, true, "The backend's connection to the API server was closed.", null);
    }

    private void send(ApiCall call, AttemptPlan plan, CompletableFuture<ApiAnswer> result) {
        if (result.isDone()) {
            ended(call);
            return;
        }
        once(call, plan, result::isDone).thenAccept(outcome -> {
            if (outcome.answer() != null) {
                result.complete(outcome.answer());
                return;
            }
            Duration pause = result.isDone() ? null : next(call, outcome, plan);
            if (pause == null) {
                ended(call);
                result.completeExceptionally(exception(call, outcome, plan));
            } else {
                timer().schedule(() -> send(call, plan, result), pause);
            }
        });
    }

    /** One attempt, as soon as not too many others are under way. The future never fails. */
    CompletableFuture<Outcome> once(ApiCall call, AttemptPlan plan, BooleanSupplier unwanted) {
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        inFlight.enter(() -> {
            long now = timer().nanos();
            CompletableFuture<ApiAnswer> answer = unwanted.getAsBoolean()
                    ? CompletableFuture.failedFuture(new ConnectException("not sent, since it is not wanted any more"))
                    : transport.send(call, plan.limit(LIMIT, now));
            answer.whenComplete((received, failure) -> {
                inFlight.leave();
                result.complete(outcome(call, received, failure));
            });
        });
        return result;
    }

    private Outcome outcome(ApiCall call, @Nullable ApiAnswer answer, @Nullable Throwable failure) {
        if (failure != null) {
            return new Outcome(null, Verdict.ofFailure(failure), failure);
        }
        if (answer == null || !answer.isSuccess()) {
            Verdict verdict = verdict(answer);
            boolean doubtful = verdict.isAboutRights() && allowed.contains(right(call));
            return new Outcome(null, doubtful ? verdict.doubtful() : verdict, null);
        }
        String right = right(call);
        allowed.add(right);
        long now = timer().nanos();
        trouble.succeeded(call, now);
        Trouble denial = denied.get(right);
        if (denial != null) {
            denial.succeeded(call, now);
        }
        if (call.verb().equals("create")) {
            quota.succeeded(call, now);
        }
        return new Outcome(answer, null, null);
    }

    private static String right(ApiCall call) {
        return call.verb() + " " + call.target().ruleResource() + " "
                + call.target().namespace();
    }

    private Verdict verdict(@Nullable ApiAnswer answer) {
        ApiAnswer given = answer == null ? new ApiAnswer(0, "", null) : answer;
        return Verdict.ofAnswer(given, status(given));
    }

    private @Nullable Status status(ApiAnswer answer) {
        return answer.body().startsWith("{")
                ? Reading.of(transport.serialization(), answer.body(), Status.class, LOG)
                : null;
    }

    /** After a failure: how long to wait before the next attempt; null to give up. Tells the log about it. */
    @Nullable
    Duration next(ApiCall call, Outcome outcome, AttemptPlan plan) {
        Verdict verdict = outcome.verdict();
        if (verdict == null) {
            throw new IllegalArgumentException("not a failure: " + outcome);
        }
        long now = timer().nanos();
        if (!ranOut(outcome, plan)) {
            plan.remember(call, outcome.failure() == null ? verdict : null);
        }
        Duration pause = plan.next(verdict, now);
        if (pause != null) {
            Trouble kind = kindOf(call, verdict);
            if (kind != trouble) {
                // It was answered.
                trouble.ended(call);
            }
            kind.failed(
                    call,
                    Explanation.failed(call) + ": " + Explanation.reason(call, verdict, identity, transport.server()),
                    now);
        }
        return pause;
    }

    private Trouble kindOf(ApiCall call, Verdict verdict) {
        if (verdict.kind() == ApiException.Kind.QUOTA) {
            return quota;
        }
        return verdict.isAboutRights()
                ? denied.computeIfAbsent(
                        right(call), right -> new Trouble(LOG, "What was denied (" + right + ") is allowed"))
                : trouble;
    }

    /** The call is not tried again. */
    void ended(ApiCall call) {
        trouble.ended(call);
        quota.ended(call);
        denied.values().forEach(denial -> denial.ended(call));
    }

    /**
     * Whether an attempt ended since the caller's patience did. That says less of the server than its answer to the attempt
     * before.
     */
    private static boolean ranOut(Outcome outcome, AttemptPlan plan) {
        return plan.isCutShort() && outcome.failure() != null && Verdict.isTimeout(outcome.failure());
    }

    /** What to tell the caller when the call is not tried again. */
    ApiException exception(ApiCall call, Outcome outcome, AttemptPlan plan) {
        Verdict verdict = outcome.verdict();
        if (verdict == null) {
            throw new IllegalArgumentException("not a failure: " + outcome);
        }
        Verdict before = ranOut(outcome, plan) ? plan.answer(call) : null;
        return Explanation.exception(
                call,
                before == null ? verdict : before,
                identity,
                transport.server(),
                plan.triedMoreThanOnce(timer().nanos()),
                outcome.failure());
    }
}
