package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.flame4j.kubernetes.internal.api.ApiCall.Target;
import io.flame4j.kubernetes.internal.api.Attempts.Outcome;
import io.flame4j.kubernetes.internal.api.Verdict.Cause;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Deletes objects, each once. A delete is tried again until it is done, whatever the reason, or all is closed. An object
 * that is gone is done, and so is one that has given way to another of the same name. Thread-safe.
 */
final class Deletions {

    /** For how long to try to halt a pod: longer than anybody needs its rest. */
    private static final Duration HALTING = Duration.ofHours(1);

    private final Attempts attempts;
    private final Deletes deletes = new Deletes();

    Deletions(Attempts attempts) {
        this.attempts = attempts;
    }

    private record Key(
            Target target, @Nullable String uid, @Nullable Duration grace) {}

    /** Deletes this very object; who asks twice while that is under way gets the same stage. */
    CompletionStage<Void> delete(String resource, HasMetadata object, @Nullable Duration grace) {
        String uid = object.getMetadata().getUid();
        Target target = Target.one(
                resource,
                object.getMetadata().getNamespace(),
                object.getMetadata().getName());
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Void> before = deletes.begin(new Key(target, uid, grace), done, uid != null);
        if (before != null) {
            return before;
        }
        attempts.pending(done);
        DeleteOptionsBuilder options = new DeleteOptionsBuilder()
                .withGracePeriodSeconds(grace == null ? null : (grace.toMillis() + 999) / 1000)
                .withPropagationPolicy("Background");
        if (uid != null) {
            options.withNewPreconditions().withUid(uid).endPreconditions();
        }
        String body = attempts.transport().serialization().asJson(options.build());
        send(ApiCall.delete(target, body), attempts.untilDone(), done);
        return done;
    }

    /** Ends the containers of a pod by a deadline that has passed. Refused for good, it fails. */
    CompletionStage<Void> halt(Pod pod) {
        String uid = pod.getMetadata().getUid();
        Target target = Target.one(
                "pods", pod.getMetadata().getNamespace(), pod.getMetadata().getName());
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Void> before = deletes.begin("halt " + uid, done, false);
        if (before != null) {
            return before;
        }
        attempts.pending(done);
        Pod patch = new PodBuilder()
                .withNewMetadata()
                .withUid(uid)
                .endMetadata()
                .withNewSpec()
                .withActiveDeadlineSeconds(1L)
                .endSpec()
                .build();
        String body = attempts.transport().serialization().asJson(patch);
        send(ApiCall.patch(target, body), attempts.within(HALTING), done);
        return done;
    }

    private void send(ApiCall call, AttemptPlan plan, CompletableFuture<Void> done) {
        attempts.once(call, plan, done::isDone).thenAccept(outcome -> {
            if (isDone(outcome)) {
                attempts.ended(call);
                done.complete(null);
                return;
            }
            Duration pause = attempts.next(call, outcome, plan);
            if (pause == null) {
                attempts.ended(call);
                done.completeExceptionally(attempts.exception(call, outcome, plan));
            } else {
                attempts.timer().schedule(() -> send(call, plan, done), pause);
            }
        });
    }

    private static boolean isDone(Outcome outcome) {
        Verdict verdict = outcome.verdict();
        return verdict == null
                || verdict.cause() == Cause.NOT_FOUND
                || verdict.cause() == Cause.NO_NAMESPACE
                || verdict.cause() == Cause.CONFLICT && verdict.said().contains("UID");
    }

    /** Counts something else as a delete that is under way. */
    void track(CompletableFuture<Void> other) {
        deletes.begin(other, other, false);
    }

    /**
     * Takes back what nobody waits for any more. That counts as a delete from the beginning: a creation that succeeds
     * meanwhile is settled, and the delete that this makes necessary is not under way yet.
     */
    <T extends HasMetadata> void giveUp(Creation<T> creation, Creation.Made<T> made) {
        CompletableFuture<Void> handedOver = new CompletableFuture<>();
        track(handedOver);
        try {
            track(creation.settled());
            if (!creation.result().cancel(false) && !creation.result().isCompletedExceptionally()) {
                made.delete(creation.result().join());
            }
        } finally {
            handedOver.complete(null);
        }
    }

    int count() {
        return deletes.underWay();
    }

    /** Waits until none is under way. Returns whether that is so. */
    boolean await(Duration atMost) throws InterruptedException {
        return deletes.await(atMost);
    }
}
