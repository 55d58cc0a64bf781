package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import io.flame4j.kubernetes.internal.api.Verdict.Cause;
import io.flame4j.kubernetes.internal.api.Verdict.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttemptPlanTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_126L);

    private final RandomGenerator random = new Random(SEED);

    private static Verdict verdict(Retry retry, @Nullable Duration retryAfter) {
        return new Verdict(Kind.UNAVAILABLE, Cause.THROTTLED, retry, retryAfter, false, "said");
    }

    @Test
    void pauses_grow_up_to_a_bound_and_are_never_quite_the_same() {
        AttemptPlan plan = AttemptPlan.untilDone(0, random);
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pauses.add(plan.next(verdict(Retry.SOON, null), 0));
        }
        assertThat(pauses.get(0)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
        assertThat(pauses.get(3)).isBetween(Duration.ofMillis(800), Duration.ofMillis(1600));
        assertThat(pauses.subList(10, 20))
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30)))
                .doesNotHaveDuplicates();
    }

    @Test
    void what_cannot_go_through_is_given_up_by_who_waits_and_not_by_who_has_to_clean_up() {
        assertThat(AttemptPlan.within(Duration.ofMinutes(1), 0, random).next(verdict(Retry.NEVER, null), 0))
                .isNull();
        assertThat(AttemptPlan.untilDone(0, random).next(verdict(Retry.NEVER, null), 0))
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void credentials_get_two_more_chances() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofMinutes(1), 0, random);
        assertThat(plan.next(verdict(Retry.BRIEFLY, null), 0)).isNotNull();
        assertThat(plan.next(verdict(Retry.BRIEFLY, null), 0)).isNotNull();
        assertThat(plan.next(verdict(Retry.BRIEFLY, null), 0)).isNull();
    }

    @Test
    void what_was_allowed_before_is_tried_for_a_while() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofMinutes(1), 0, random);
        long now = Duration.ofSeconds(20).toNanos();
        int attempts = 0;
        for (Duration pause = plan.next(verdict(Retry.FOR_A_WHILE, null), now);
                pause != null;
                pause = plan.next(verdict(Retry.FOR_A_WHILE, null), now)) {
            now += pause.toNanos();
            attempts++;
        }
        assertThat(Duration.ofNanos(now)).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(55));
        assertThat(attempts).isBetween(10, 25);
    }

    @Test
    void what_a_server_denies_when_it_is_back_is_tried_for_a_while() {
        Verdict outage = new Verdict(Kind.UNAVAILABLE, Cause.UNREACHABLE, Retry.SOON, null, true, "reset");
        for (Verdict denial : List.of(
                new Verdict(Kind.DENIED, Cause.RBAC, Retry.NEVER, null, false, "may not"),
                new Verdict(Kind.UNAUTHENTICATED, Cause.UNAUTHENTICATED, Retry.BRIEFLY, null, false, "who is that"))) {
            AttemptPlan plan = AttemptPlan.within(Duration.ofMinutes(1), 0, random);
            assertThat(plan.next(outage, 0)).isNotNull();
            for (int i = 0; i < 5; i++) {
                assertThat(plan.next(denial, 0)).isNotNull();
            }
            assertThat(plan.next(outage, Duration.ofSeconds(12).toNanos())).isNotNull();
            assertThat(plan.next(denial, Duration.ofSeconds(12).toNanos())).isNotNull();
            assertThat(plan.next(denial, Duration.ofSeconds(42).toNanos())).isNull();
        }
    }

    @Test
    void doubts_leave_the_half_of_a_callers_patience() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofSeconds(20), 0, random);
        assertThat(plan.next(verdict(Retry.FOR_A_WHILE, null), 0)).isNotNull();
        assertThat(plan.next(
                        verdict(Retry.FOR_A_WHILE, null), Duration.ofSeconds(9).toNanos()))
                .isNotNull();
        assertThat(plan.next(
                        verdict(Retry.FOR_A_WHILE, null), Duration.ofSeconds(11).toNanos()))
                .isNull();
    }

    @Test
    void what_a_server_refuses_for_another_reason_when_it_is_back_is_given_up() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofMinutes(1), 0, random);
        plan.next(new Verdict(Kind.UNAVAILABLE, Cause.SERVER_FAULT, Retry.SOON, null, true, "starting"), 0);
        assertThat(plan.next(new Verdict(Kind.REFUSED, Cause.INVALID, Retry.NEVER, null, false, "bad"), 0))
                .isNull();
    }

    @Test
    void the_last_attempt_is_made_when_patience_ends() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofMillis(250), 0, random);
        long now = 0;
        Duration pause = plan.next(verdict(Retry.SOON, null), now);
        now += pause.toNanos();
        pause = plan.next(verdict(Retry.SOON, null), now);
        assertThat(now + pause.toNanos()).isEqualTo(Duration.ofMillis(250).toNanos());
        now += pause.toNanos();
        assertThat(plan.isOver(now)).isTrue();
        assertThat(plan.next(verdict(Retry.SOON, null), now)).isNull();
    }

    @Test
    void a_server_that_says_when_is_not_asked_before() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofSeconds(30), 0, random);
        assertThat(plan.next(verdict(Retry.SOON, Duration.ofSeconds(7)), 0))
                .isBetween(Duration.ofSeconds(7), Duration.ofSeconds(10));
        assertThat(plan.next(verdict(Retry.SOON, Duration.ofSeconds(40)), 0)).isNull();
    }

    @Test
    void what_was_answered_is_remembered_for_the_call_that_it_is_about() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofSeconds(30), 0, random);
        ApiCall create = ApiCall.create(ApiCall.Target.all("pods", "shop"), "{}", List.of());
        ApiCall list = ApiCall.list(ApiCall.Target.all("pods", "shop"), Map.of());
        Verdict full = verdict(Retry.SLOWLY, null);

        plan.remember(create, full);

        assertThat(plan.answer(create)).isSameAs(full);
        assertThat(plan.answer(list)).isNull();
        plan.remember(create, null);
        assertThat(plan.answer(create)).isNull();
    }

    @Test
    void an_attempt_is_cut_short_by_the_end_of_patience() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofSeconds(30), 0, random);
        plan.limit(Duration.ofSeconds(10), Duration.ofSeconds(20).toNanos());
        assertThat(plan.isCutShort()).isFalse();
        plan.limit(Duration.ofSeconds(10), Duration.ofSeconds(21).toNanos());
        assertThat(plan.isCutShort()).isTrue();
    }

    @Test
    void an_attempt_may_take_what_is_left_but_at_least_a_second() {
        AttemptPlan plan = AttemptPlan.within(Duration.ofSeconds(30), 0, random);
        Duration usual = Duration.ofSeconds(10);
        assertThat(plan.limit(usual, 0)).isEqualTo(usual);
        assertThat(plan.limit(usual, Duration.ofSeconds(27).toNanos())).isEqualTo(Duration.ofSeconds(3));
        assertThat(plan.limit(usual, Duration.ofSeconds(40).toNanos())).isEqualTo(Duration.ofSeconds(1));
        assertThat(AttemptPlan.untilDone(0, random).limit(usual, Long.MAX_VALUE))
                .isEqualTo(usual);
    }
}
