package io.flame4j.dashboard.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ViewersTest {

    private final AtomicLong nanos = new AtomicLong();
    private final Viewers viewers = new Viewers(2, nanos::get);

    @AfterEach
    void forgetInterrupts() {
        Thread.interrupted();
    }

    @Test
    void thereAreSoManyAtMost() {
        Viewers.Viewer one = viewers.admit();
        Viewers.Viewer two = viewers.admit();

        assertThat(viewers.admit()).isNull();
        assertThat(viewers.count()).isEqualTo(2);

        one.close();
        one.close();
        assertThat(viewers.admit()).isNotNull();
        assertThat(viewers.admit()).isNull();
        two.close();
        assertThat(viewers.count()).isEqualTo(1);
    }

    @Test
    void oneThatIsStuckGivesItsPlaceToANewOne() {
        Viewers.Viewer stuck = viewers.admit();
        Viewers.Viewer slow = viewers.admit();
        stuck.writes();
        slow.writes();
        slow.hasWritten();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(9));
        assertThat(viewers.admit()).as("not stuck for long").isNull();

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));

        assertThat(viewers.admit()).isNotNull();
        assertThat(Thread.interrupted())
                .as("its thread, which is this one, is told")
                .isTrue();
        assertThat(viewers.admit())
                .as("the other one only has nothing to write")
                .isNull();
    }
}
