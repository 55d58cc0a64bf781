package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.backend.Tls;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Runners that dial somebody else than they were told of, or whose ticket was tampered with. */
class PinnedRunnerTest extends PoolTests {

    /** Changes the tickets of a backend's runners on their way. */
    private record Tampering(Backend backend, ListenAt listenAt, UnaryOperator<String> change) implements Backend {

        @Override
        public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
            Map<String, String> environment = new HashMap<>(spec.environment());
            environment.computeIfPresent(RunnerSpec.PARENT_VARIABLE, (name, ticket) -> change.apply(ticket));
            return backend.start(new RunnerSpec(
                    spec.pool(), spec.runnerId(), environment, spec.bootTimeout(), spec.shutdownTimeout()));
        }

        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    private static FlamePoolBuilder tampered(Tls tls, UnaryOperator<String> change) {
        return on(new Tampering(Backends.PROCESS_TCP.create(), ListenAt.loopback(tls), change))
                .max(1)
                .bootTimeout(Duration.ofSeconds(20));
    }

    private static String cert(String digit) {
        return ";cert=" + digit.repeat(43);
    }

    @Test
    void aCertificateWithAnotherFingerprintIsNotTalkedTo() {
        FlamePoolBuilder pool = tampered(Tls.ephemeral(), ticket -> ticket.replaceFirst(";cert=[^;]*", cert("A")));
        assertThatThrownBy(() -> start(pool.min(1)))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("exited with code 76")
                .hasMessageContaining("is not the expected one, with SHA-256 00000000");
    }

    @Test
    void aRunnerThatKnowsNothingOfTlsIsToldSoAtOnce() {
        FlamePoolBuilder pool = tampered(Tls.ephemeral(), ticket -> ticket.replaceFirst(";cert=[^;]*", ""));
        assertThatThrownBy(() -> start(pool.min(1)))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("the parent rejected this runner: this parent wants TLS");
    }

    @Test
    void aParentWithoutTlsIsNotTalkedToByARunnerThatWantsIt() {
        FlamePoolBuilder pool =
                tampered(Tls.none(), ticket -> ticket + cert("A")).bootTimeout(Duration.ofSeconds(5));
        assertThatThrownBy(() -> start(pool.min(1)))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("did not connect");
    }

    @Test
    void withTheRightOneCallsAreServed() {
        FlamePool pool = start(tampered(Tls.ephemeral(), ticket -> ticket));
        assertThat(pool.call(() -> "served")).isEqualTo("served");
    }
}
