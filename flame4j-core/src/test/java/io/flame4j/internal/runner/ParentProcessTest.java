package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Linux says of a process that is about to end; {@link RunnerProcessTest} kills real ones. */
class ParentProcessTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4711 (java) S 1 4711 4711 0 -1 4194304 12 0 0 0 5 2 0 0 20 0 30 0 100 9 9\n",
                "4711 (a) Z (b) R 1 4711 4711 34816 4711 1077936128 12 0 0 0 5 2 0 0 20 0 30 0 100 9 9\n",
                "4711 (java) S",
                "4711 (java)",
                ""
            })
    void aProcessThatRunsOrOfWhichNothingIsKnownIsNotPastThat(String stat) {
        assertThat(ParentProcess.isPastRunning(stat)).isFalse();
    }

    @Test
    void aProcessIsPastRunningUntilItIsWaitedFor() {
        assertThat(ParentProcess.isPastRunning("4711 (java) Z 1 4711 4711 0 -1 4227084 12 0 0 0\n"))
                .isTrue();
    }

    /** It has closed what it had open, so that its runner knows, and its last thread gets no processor to end on. */
    @Test
    void aProcessIsPastRunningFromTheMomentAtWhichItBeginsToEnd() {
        assertThat(ParentProcess.isPastRunning("4711 (java) R 1 4711 4711 0 -1 4227084 12 0 0 0 5 2\n"))
                .isTrue();
    }
}
