package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.RunnerContext;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.Tls;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
            // Giving up a call that runs closes its connection, so that the runner has to open another one.
            CountDownLatch runs = new CountDownLatch(1);
            CompletableFuture<Void> givenUp = pool.callAsync(
                    () -> {
                        RunnerContext.current().progress("runs");
                        Thread.sleep(60_000);
                    },
                    CallOptions.defaults().onProgress(progress -> runs.countDown()));
            assertThat(runs.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(givenUp.cancel(true)).isTrue();

            assertThat(pool.call(() -> RunnerContext.current().runnerId()))
                    .as("another runner")
                    .isNotEqualTo(first);
        } finally {
            pool.shutdownNow();
        }
    }
}
