package io.flame4j.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallListener;
import io.flame4j.Flame;
import io.flame4j.PoolListener;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When calls are measured: not unless somebody wants to hear of them. */
class ListenersTest {

    private static final PoolListener INDIFFERENT = new PoolListener() {};
    private static final PoolListener CURIOUS = new PoolListener() {
        @Override
        public CallListener onCall(String pool) {
            return new CallListener() {};
        }
    };

    private static Listeners of(PoolListener... own) {
        return new Listeners("p", List.of(own), () -> 0);
    }

    @Test
    void callsAreNotMeasuredWhenNobodyListens() {
        assertThat(of().call()).isNull();
        assertThat(of().hearEverything()).isFalse();
        assertThat(of().hearOfRunners()).isFalse();
    }

    @Test
    void callsAreNotMeasuredForListenersOfRunners() {
        assertThat(of(INDIFFERENT).call()).isNull();
        assertThat(of(INDIFFERENT).hearOfRunners()).isTrue();
    }

    @Test
    void callsAreMeasuredForWhoeverWantsToHearOfThem() {
        assertThat(of(INDIFFERENT, CURIOUS).call()).isNotNull();
    }

    @Test
    void aListenerOfTheProcessIsOneOfEveryPoolUntilItIsRemoved() {
        Listeners pool = of();
        Flame.addListener(CURIOUS);
        try {
            assertThat(pool.call()).isNotNull();
        } finally {
            Flame.removeListener(CURIOUS);
        }
        assertThat(pool.call()).isNull();
    }
}
