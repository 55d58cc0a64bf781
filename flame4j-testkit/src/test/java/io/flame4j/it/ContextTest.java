package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlamePool;
import io.flame4j.MapResult;
import io.flame4j.Placed;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerContext;
import io.flame4j.Tracked;
import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.OutgoingCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Context travels with every kind of call, and is gone when the task is. */
class ContextTest {

    @TempDir
    private Path directory;

    private FlamePool pool;

    private FlamePool start(Backends backend) {
        // One slot: its thread runs one task after the other, so that what one leaves the next would find.
        pool = backend.pool()
                .max(1)
                .maxConcurrency(1)
                .contextPropagators(new TenantPropagator())
                .build();
        return pool;
    }

    @AfterEach
    void close() {
        TenantPropagator.TENANT.remove();
        if (pool != null) {
            pool.shutdownNow();
        }
    }

    private static String tenant() {
        return String.valueOf(TenantPropagator.TENANT.get());
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCAL", "PROCESS_UNIX"})
    void every_kind_of_call_takes_it_along(Backends backend) throws Exception {
        start(backend);
        TenantPropagator.TENANT.set("acme");

        assertThat(pool.call(() -> tenant())).isEqualTo("acme");
        assertThat(pool.callAsync(() -> tenant()).get(1, TimeUnit.MINUTES)).isEqualTo("acme");
        assertThat(pool.map(List.of(1, 2, 3), i -> tenant() + i)).containsExactly("acme1", "acme2", "acme3");
        try (Stream<MapResult<Integer, String>> results = pool.mapStream(Stream.of(1), i -> tenant() + i)) {
            assertThat(results.map(MapResult::value)).containsExactly("acme1");
        }
        try (Placed<String> placed = pool.place(() -> tenant())) {
            TenantPropagator.TENANT.set("other");
            String both = placed.call(made -> made + " " + tenant());
            assertThat(both).isEqualTo("acme other");
            assertThat(placed.callAsync(made -> tenant()).get(1, TimeUnit.MINUTES))
                    .isEqualTo("other");
        }
        CallOptions tracking = CallOptions.defaults().trackResources(true);
        try (Tracked<StringBuilder> tracked =
                pool.call(() -> RunnerContext.current().track(new StringBuilder(tenant())), tracking)) {
            TenantPropagator.TENANT.set("third");
            String both = tracked.call(text -> text + " " + tenant());
            assertThat(both).isEqualTo("other third");
        }
        String file = directory.resolve("cast").toString();
        pool.cast(() -> Files.writeString(Path.of(file), tenant()));
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Files.exists(Path.of(file))
                        && Files.readString(Path.of(file)).equals("third"));
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCAL", "PROCESS_UNIX"})
    void the_thread_is_rid_of_it_however_the_task_ends(Backends backend) {
        start(backend);
        TenantPropagator.TENANT.set("acme");
        assertThat(pool.call(() -> tenant())).isEqualTo("acme");
        TenantPropagator.TENANT.remove();
        assertThat(pool.call(() -> tenant() + " " + TenantPropagator.CLOSED.get()))
                .isEqualTo("null well");

        TenantPropagator.TENANT.set("acme");
        assertThatThrownBy(() -> pool.call(() -> {
                    throw new IOException("as planned");
                }))
                .isInstanceOf(IOException.class);
        TenantPropagator.TENANT.remove();
        assertThat(pool.call(() -> tenant() + " " + TenantPropagator.CLOSED.get()))
                .isEqualTo("null IOException");

        TenantPropagator.TENANT.set("acme");
        assertThatThrownBy(() -> pool.call(
                        () -> new CountDownLatch(1).await(),
                        CallOptions.defaults().timeout(Duration.ofSeconds(5))))
                .isInstanceOf(CallTimeoutException.class);
        TenantPropagator.TENANT.remove();
        assertThat(pool.call(() -> tenant() + " " + TenantPropagator.CLOSED.get()))
                .isEqualTo("null InterruptedException");
    }

    @Test
    void a_propagator_that_fails_to_clean_up_spoils_neither_the_call_nor_the_next() {
        start(Backends.PROCESS_UNIX);
        TenantPropagator.TENANT.set("sloppy");
        assertThat(pool.call(() -> tenant())).isEqualTo("sloppy");
        TenantPropagator.TENANT.set("acme");
        assertThat(pool.call(() -> tenant())).isEqualTo("acme");
    }

    @Test
    void what_a_propagator_refuses_is_not_run() {
        start(Backends.PROCESS_UNIX);
        TenantPropagator.TENANT.set("nobody");
        assertThatThrownBy(() -> pool.call(() -> tenant()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("calls for nobody");

        TenantPropagator.TENANT.set("locked");
        assertThatThrownBy(() -> pool.call(() -> tenant()))
                .isInstanceOf(SecurityException.class)
                .hasMessageContaining("tenant locked is locked, says ");
        TenantPropagator.TENANT.remove();
        assertThat(pool.call(() -> tenant())).isEqualTo("null");
    }

    /** Cannot be made on a runner. */
    public static final class Unmakeable implements ContextPropagator {

        /** Fails where there is no system property that only this JVM has. */
        public Unmakeable() {
            if (System.getProperty("surefire.test.class.path") == null && !Boolean.getBoolean("makeable")) {
                throw new IllegalStateException("no tenants are known here");
            }
        }

        @Override
        public void capture(OutgoingCall call) {}

        @Override
        public Scope restore(IncomingCall call) {
            return failure -> {};
        }
    }

    @Test
    void a_propagator_that_a_runner_cannot_make_fails_the_boot() {
        System.setProperty("makeable", "true");
        try {
            pool = Backends.PROCESS_UNIX
                    .pool()
                    .max(1)
                    .contextPropagators(new Unmakeable())
                    .build();
        } finally {
            System.clearProperty("makeable");
        }
        assertThatThrownBy(() -> pool.call(() -> tenant()))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("the context propagator " + Unmakeable.class.getName())
                .hasMessageContaining("contextPropagators(...)")
                .hasMessageContaining("no tenants are known here");
    }

    @Test
    void a_propagator_that_no_runner_could_make_is_refused_at_once() {
        ContextPropagator nameless = new ContextPropagator() {
            @Override
            public void capture(OutgoingCall call) {}

            @Override
            public Scope restore(IncomingCall call) {
                return failure -> {};
            }
        };
        assertThatThrownBy(() -> Backends.LOCAL.pool().contextPropagators(nameless))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("context propagator")
                .hasMessageContaining("anonymous class");
        ContextPropagator[] many = new ContextPropagator[17];
        Arrays.fill(many, new TenantPropagator());
        assertThatThrownBy(() -> Backends.LOCAL.pool().contextPropagators(many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 16");
    }
}
