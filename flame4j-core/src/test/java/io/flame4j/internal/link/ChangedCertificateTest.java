package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.RunnerContext;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.Tls;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** A pool with a context of the user's that comes to show another certificate while runners live. */
class ChangedCertificateTest {

    @Test
    void aRunnerThatCannotKnowTheNewOneIsReplacedWhenItHasToDial() throws Exception {
        AtomicReference<SSLContext> current =
                new AtomicReference<>(EphemeralCertificate.make().context());
        Tls tls = Tls.of(new Changing(current::get, current.get()));
        FlamePool pool = FlamePool.builder("changed-certificate")
                .backend(ProcessBackend.builder().heap("64m").tls(tls).build())
                .max(1)
                .build();
        try {
            String first = pool.call(() -> RunnerContext.current().runnerId());

            current.set(EphemeralCertificate.make().context());
            assertThat(pool.call(() -> RunnerContext.current().runnerId()))
                    .as("open connections stay as they are")
                    .isEqualTo(first);
            // Giving a call up closes its connection, so that the runner has to open another one.
            assertThatThrownBy(() -> pool.call(
                            () -> Thread.sleep(60_000), CallOptions.defaults().timeout(Duration.ofSeconds(1))))
                    .isInstanceOf(CallTimeoutException.class);

            assertThat(pool.call(() -> RunnerContext.current().runnerId()))
                    .as("another runner")
                    .isNotEqualTo(first);
        } finally {
            pool.shutdownNow();
        }
    }
}
