package io.flame4j.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.testkit.LeakCheck;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class StageResultTest {

    private static StageResult leaked(List<String> what) {
        return new StageResult(1, List.of(), List.of(), what, List.of(), List.of());
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are counted there alone")
    void descriptors_alone_may_be_those_of_a_client_of_the_jdk() throws Exception {
        LeakCheck leaks = new LeakCheck();
        leaks.begin();
        List<Pipe> pipes = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                pipes.add(Pipe.open());
            }
            StageResult result = leaked(leaks.leftovers());

            assertThat(result.holds()).isFalse();
            assertThat(result.mayHaveLeaked()).isTrue();
            assertThat(result.withoutLeaks().holds()).isTrue();
        } finally {
            for (Pipe pipe : pipes) {
                pipe.sink().close();
                pipe.source().close();
            }
        }
    }

    @Test
    void whatever_else_is_left_has_leaked() {
        assertThat(leaked(List.of()).mayHaveLeaked()).isFalse();
        assertThat(leaked(List.of("thread flame4j-x")).mayHaveLeaked()).isFalse();
        assertThat(leaked(List.of("25 descriptors instead of 20: []", "thread flame4j-x"))
                        .mayHaveLeaked())
                .isFalse();
    }
}
