package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When heartbeats are due, and when silence means loss; with the time told by the test. */
class LivenessTest {

    private static final long MS = 1_000_000;

    private final Liveness liveness = new Liveness(100);

    @Test
    void sendsWhenItHasSentNothingForAPeriod() {
        assertThat(liveness.isQuiet(99 * MS, 0)).isFalse();
        assertThat(liveness.isQuiet(100 * MS, 0)).isTrue();
        assertThat(liveness.isQuiet(150 * MS, 100 * MS)).isFalse();
        assertThat(liveness.nextLook(100 * MS, 100 * MS)).isEqualTo(200 * MS);
    }

    @Test
    void threePeriodsOfSilenceMeanLoss() {
        liveness.nextLook(200 * MS, 0);
        assertThat(liveness.isSilent(299 * MS, 0)).isFalse();
        assertThat(liveness.isSilent(300 * MS, 0)).isTrue();
    }

    @Test
    void looksInTimeToNoticeTheLoss() {
        assertThat(liveness.nextLook(290 * MS, 10 * MS)).isEqualTo(310 * MS);
    }

    @Test
    void aProcessThatWasStoppedGivesTheParentOneMorePeriod() {
        assertThat(liveness.nextLook(0, 0)).isEqualTo(100 * MS);
        // Stopped for ten seconds; nothing was read meanwhile.
        assertThat(liveness.isSilent(10_000 * MS, 0)).isFalse();
        assertThat(liveness.nextLook(10_000 * MS, 0)).isEqualTo(10_100 * MS);
        assertThat(liveness.isSilent(10_099 * MS, 0)).isFalse();
        assertThat(liveness.isSilent(10_100 * MS, 0)).isTrue();
    }

    /** The next look is then no late one. */
    @Test
    void itMayHaveBeenStoppedBetweenALookAndThePlanForTheNextOne() {
        liveness.nextLook(0, 0);
        assertThat(liveness.isSilent(100 * MS, 0)).isFalse();
        long plan = liveness.nextLook(380 * MS, 0);
        assertThat(liveness.isSilent(380 * MS, 0)).isFalse();
        assertThat(plan).isEqualTo(480 * MS);
        assertThat(liveness.isSilent(479 * MS, 0)).isFalse();
        assertThat(liveness.isSilent(480 * MS, 0)).isTrue();
    }

    @Test
    void itMayHaveBeenStoppedBeforeItsFirstLook() {
        assertThat(liveness.isSilent(10_000 * MS, 0)).isFalse();
        assertThat(liveness.nextLook(10_000 * MS, 0)).isEqualTo(10_100 * MS);
        assertThat(liveness.isSilent(10_100 * MS, 0)).isTrue();
    }

    @Test
    void aParentThatSpeaksAfterTheStopIsAlive() {
        liveness.nextLook(0, 0);
        assertThat(liveness.isSilent(10_000 * MS, 0)).isFalse();
        assertThat(liveness.isSilent(10_100 * MS, 10_050 * MS)).isFalse();
    }

    @Test
    void beingALittleLateIsNotBeingStopped() {
        liveness.nextLook(0, 0);
        liveness.nextLook(200 * MS, 0);
        assertThat(liveness.isSilent(390 * MS, 0)).isTrue();
    }

    @Test
    void withoutAPeriodNothingIsDue() {
        for (long none : new long[] {0, -1, Long.MAX_VALUE}) {
            Liveness off = new Liveness(none);
            assertThat(off.isSilent(Long.MAX_VALUE - 1, 0)).isFalse();
            assertThat(off.isQuiet(Long.MAX_VALUE - 1, 0)).isFalse();
            assertThat(off.nextLook(0, 0)).isEqualTo(Clock.NEVER);
        }
    }
}
