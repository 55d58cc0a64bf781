package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightTest {

    @Test
    void no_more_than_the_limit_run_and_the_others_follow_in_order() {
        InFlight inFlight = new InFlight(2);
        List<Integer> begun = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int call = i;
            inFlight.enter(() -> begun.add(call));
        }
        assertThat(begun).containsExactly(0, 1);
        inFlight.leave();
        assertThat(begun).containsExactly(0, 1, 2);
        inFlight.leave();
        inFlight.leave();
        inFlight.leave();
        inFlight.leave();
        assertThat(begun).containsExactly(0, 1, 2, 3, 4);
        inFlight.enter(() -> begun.add(5));
        inFlight.enter(() -> begun.add(6));
        inFlight.enter(() -> begun.add(7));
        assertThat(begun).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void many_that_are_over_at_once_do_not_nest() {
        InFlight inFlight = new InFlight(1);
        int[] over = {0};
        inFlight.enter(() -> {});
        for (int i = 0; i < 100_000; i++) {
            inFlight.enter(() -> {
                over[0]++;
                inFlight.leave();
            });
        }
        inFlight.leave();
        assertThat(over[0]).isEqualTo(100_000);
    }
}
