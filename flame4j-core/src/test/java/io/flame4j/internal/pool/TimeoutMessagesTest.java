package io.flame4j.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException.Phase;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.pool.TimeoutMessages.Obstacle;
import io.flame4j.internal.pool.TimeoutMessages.Timing;
import io.flame4j.internal.wire.Protocol;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeoutMessagesTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long POOL_LIMIT = 30 * SECOND;

    private final TimeoutMessages messages = new TimeoutMessages("thumbs");

    /** Submitted at 100 s. */
    private static Call call(CallOptions options, long limitNanos) {
        long deadline = limitNanos == Slot.NEVER ? Slot.NEVER : 100 * SECOND + limitNanos;
        return new Call(null, Protocol.TARGET_NONE, 0, options, false, deadline, CallFactory.NOBODY, null);
    }

    private String running(Call call, long beganSeconds, long nowSeconds) {
        Timing timing = Timing.of(call, POOL_LIMIT, beganSeconds * SECOND, nowSeconds * SECOND);
        return messages.running("lambda in Main.run(Main.java:7)", "thumbs-1", timing)
                .getMessage();
    }

    @Test
    void the_limit_of_the_pool() {
        assertThat(running(call(CallOptions.defaults(), POOL_LIMIT), 100, 130))
                .isEqualTo("Pool 'thumbs': the deadline of lambda in Main.run(Main.java:7) passed after it had been on"
                        + " runner thumbs-1 for 30.0 s. Its limit was 30.0 s, the pool's timeout, as the call set none."
                        + " The task has been interrupted. Raise the timeout of the pool or of the call, or"
                        + " make the task quicker.");
    }

    @Test
    void the_limit_of_the_call_and_a_wait_that_took_most_of_it() {
        CallOptions own = CallOptions.defaults().timeout(Duration.ofSeconds(10));

        assertThat(running(call(own, 10 * SECOND), 108, 110))
                .contains("for 2.0 s. Its limit was 10.0 s, set for this call; 8.0 s of that went by before it was sent"
                        + " there. The task has been interrupted. Raise that limit, or have it wait less: raise max or"
                        + " maxConcurrency, or keep runners ready with min or headroom.");
    }

    @Test
    void more_runners_do_not_help_a_call_that_waits_for_its_object_or_is_repeated() {
        CallOptions own = CallOptions.defaults().timeout(Duration.ofSeconds(10));
        Call held = new Call(null, Protocol.TARGET_PLACED, 0, own, false, 110 * SECOND, CallFactory.NOBODY, null);

        assertThat(running(held, 108, 110))
                .endsWith("Raise that limit, or make the tasks of its object quicker: they run one after the other.");
        assertThat(running(call(own.retries(2), 10 * SECOND), 108, 110))
                .endsWith("Raise that limit, or make the task quicker: earlier attempts count, too.");
    }

    @Test
    void runners_that_take_no_more_calls_and_hold_the_last_places() {
        Obstacle draining = new Obstacle(null, "", true, 1);

        assertThat(messages.waiting(false, 3 * SECOND, "0 of 0 slots busy", 0, draining))
                .hasMessage(
                        "Pool 'thumbs': the call's deadline passed after 3.0 s of waiting for a runner; the task never ran."
                                + " 0 of 0 slots busy. Runners that take no more calls hold the last places until their own calls have"
                                + " ended (1 of them; the log says why). Raise max, or the timeout.");
        assertThat(messages.waiting(false, 3 * SECOND, "0 of 0 slots busy", 0, new Obstacle(null, "", true, 0)))
                .hasMessageContaining("of waiting for a runner to boot");
    }

    @Test
    void what_the_exception_says_of_itself() {
        Timing timing = new Timing(SECOND, true, 0, SECOND, "");

        assertThat(messages.running("task", "thumbs-1", timing))
                .hasMessageContaining("The task has been interrupted.")
                .satisfies(timeout -> assertThat(timeout.phase()).isEqualTo(Phase.RUNNING))
                .satisfies(timeout -> assertThat(timeout.elapsed()).isEqualTo(Duration.ofSeconds(1)));
    }

    /** A runner may say that the deadline has passed of a call that has none. */
    @Test
    void no_limit_and_one_that_is_too_large_to_count_are_left_out() {
        CallOptions endless = CallOptions.defaults().timeout(Duration.ofSeconds(Long.MAX_VALUE));

        assertThat(running(call(CallOptions.defaults(), Slot.NEVER), 100, 101))
                .contains("for 1.0 s. The task has been");
        assertThat(running(call(endless, Slot.NEVER), 100, 101)).contains("for 1.0 s. The task has been");
    }
}
