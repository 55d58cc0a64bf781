package io.flame4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.MdcPropagator;
import io.flame4j.context.OutgoingCall;
import io.flame4j.testsupport.DocumentSnippets;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The examples of docs/observability.md whose names begin with {@code context-} or {@code logs-}, run for real: see
 * {@link DocumentSnippets}. Those of other modules are run there.
 */
class ContextSnippetsTest {

    static final class Tenants {
        private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();

        private Tenants() {}

        static String current() {
            return CURRENT.get();
        }

        static void enter(String tenant) {
            CURRENT.set(tenant);
        }

        static void leave() {
            CURRENT.remove();
        }
    }

    // snippet: context-propagator
    public static final class TenantPropagator implements ContextPropagator {
        @Override
        public void capture(OutgoingCall call) {
            String tenant = Tenants.current();
            if (tenant != null) {
                call.carry("tenant", tenant);
            }
        }

        @Override
        public Scope restore(IncomingCall call) {
            Tenants.enter(call.values().get("tenant"));
            return failure -> Tenants.leave();
        }
    }
    // end

    @AfterEach
    void leave() {
        Tenants.leave();
    }

    @Test
    void the_tenant_travels() {
        Tenants.enter("acme");
        // snippet: context-pool
        FlamePool pool = FlamePool.builder("thumbs")
                .contextPropagators(new MdcPropagator(), new TenantPropagator())
                .build();
        // end
        try (pool) {
            assertThat(pool.call(() -> Tenants.current())).isEqualTo("acme");
        }
    }

    @Test
    void logs_are_forwarded() {
        // snippet: logs-pool
        FlamePool pool = FlamePool.builder("thumbs").forwardLogs(true).build();
        // end
        try (pool) {
            assertThat(pool.call(() -> 1)).isEqualTo(1);
        }
    }

    @Test
    void the_document_shows_what_runs_here() throws IOException {
        DocumentSnippets.runBy(ContextSnippetsTest.class)
                .in("docs/observability.md", "(?:context|logs)-.*")
                .nested()
                .check(3);
    }
}
