package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CrowdTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final InetAddress BAD = address("10.0.0.66");
    private static final InetAddress RUNNER = address("10.0.0.7");

    private final Set<InetAddress> known = new HashSet<>();
    private final Crowd<String> crowd = new Crowd<>(8, () -> known);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void fill(InetAddress from, int count, long now) {
        for (int i = 0; i < count; i++) {
            crowd.add(from + "#" + i, from, now + i);
        }
    }

    @Test
    void one_address_that_takes_all_places_gives_them_up_at_once() {
        fill(BAD, 8, 0);
        assertThat(crowd.isFull()).isTrue();
        assertThat(crowd.hasItsShare(BAD, 10)).isTrue();
        assertThat(crowd.oldestOf(BAD, 10))
                .as("its own are too fresh to make room for another of it")
                .isNull();
        assertThat(crowd.hasItsShare(RUNNER, 10)).isFalse();
        assertThat(crowd.victim(10)).isEqualTo(BAD + "#0");
        crowd.remove(BAD + "#0");
        assertThat(crowd.isFull()).isFalse();
        assertThat(crowd.hasItsShare(BAD, 10)).as("there is room").isFalse();
    }

    @Test
    void the_address_with_most_of_them_loses_its_oldest() {
        crowd.add("early", RUNNER, 0);
        fill(BAD, 7, 1);
        assertThat(crowd.victim(2 * SECOND)).isEqualTo(BAD + "#0");
    }

    @Test
    void many_addresses_have_their_time_each() {
        for (int i = 0; i < 8; i++) {
            crowd.add("c" + i, address("10.0.1." + i), i);
        }
        assertThat(crowd.victim(Crowd.SILENT_NANOS / 2)).isNull();
        assertThat(crowd.victim(2 * Crowd.SILENT_NANOS)).isNotNull();
    }

    @Test
    void where_addresses_tell_nothing_age_decides() {
        fill(null, 8, 0);
        assertThat(crowd.hasItsShare(null, 10)).isFalse();
        assertThat(crowd.victim(10)).isNull();
        assertThat(crowd.victim(Crowd.SILENT_NANOS)).isEqualTo("null#0");
    }

    @Test
    void who_is_in_a_handshake_has_longer_than_who_is_silent() {
        fill(null, 8, 0);
        crowd.heard("null#0");
        assertThat(crowd.victim(2 * Crowd.SILENT_NANOS)).isEqualTo("null#1");
        for (int i = 1; i < 8; i++) {
            crowd.heard("null#" + i);
        }
        assertThat(crowd.victim(2 * Crowd.SILENT_NANOS)).isNull();
        assertThat(crowd.victim(Crowd.FRESH_NANOS)).isEqualTo("null#0");
    }

    @Test
    void the_addresses_of_runners_are_spared_unless_one_takes_most_places() {
        known.add(RUNNER);
        fill(RUNNER, 4, 0);
        for (int i = 0; i < 4; i++) {
            crowd.add("c" + i, address("10.0.1." + i), i);
        }
        assertThat(crowd.victim(SECOND)).startsWith("c");
        fill(RUNNER, 8, 0);
        assertThat(crowd.victim(SECOND)).isEqualTo(RUNNER + "#0");
    }

    @Test
    void an_address_may_open_so_many_connections_in_a_second() {
        int accepted = 0;
        for (int i = 0; i < 1_000; i++) {
            accepted += crowd.isTooFast(BAD, 5) ? 0 : 1;
        }
        assertThat(accepted).isEqualTo(Crowd.RATE);
        assertThat(crowd.isTooFast(RUNNER, 5)).isFalse();
        assertThat(crowd.isTooFast(null, 5)).isFalse();
        for (int i = 0; i < 1_000; i++) {
            accepted += crowd.isTooFast(BAD, 5 + SECOND) ? 0 : 1;
        }
        assertThat(accepted).isEqualTo(2 * Crowd.RATE);
        known.add(BAD);
        assertThat(crowd.isTooFast(BAD, 6 + 2 * SECOND)).isFalse();
    }

    @Test
    void a_runner_is_not_bound_by_that() {
        known.add(RUNNER);
        for (int i = 0; i < 1_000; i++) {
            assertThat(crowd.isTooFast(RUNNER, 5)).isFalse();
        }
    }
}
