package io.flame4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.MdcPropagator;
import io.flame4j.context.OutgoingCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The examples of docs/observability.md whose names begin with {@code context-} or {@code logs-}, run for real. Those of other modules are run
 * there. A code block after {@code <!-- snippet: name -->} must be, apart from white space and comments, the code between
 * {@code // snippet: name} and {@code // end} here.
 */
class ContextSnippetsTest {

    private static final Path DOCUMENT =
            Path.of("..", "docs", "observability.md").toAbsolutePath().normalize();
    private static final Path SOURCE =
            Path.of("src", "test", "java", "io", "flame4j", "docs", "ContextSnippetsTest.java");

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
        String source = Files.readString(SOURCE);
        Matcher shown = Pattern.compile(
                        "<!-- snippet: ((?:context|logs)-\\S+) -->\\s*```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENT));
        int count = 0;
        while (shown.find()) {
            count++;
            Matcher here = Pattern.compile(
                            "// snippet: " + Pattern.quote(shown.group(1)) + "\\n(.*?)// end", Pattern.DOTALL)
                    .matcher(source);
            assertThat(here.find())
                    .as("%s is not run by this test", shown.group(1))
                    .isTrue();
            assertThat(bare(shown.group(2))).isEqualTo(bare(here.group(1)));
        }
        assertThat(count).isEqualTo(3);
    }

    private static String bare(String code) {
        return code.replaceAll("//[^\\n]*", "").replace("static ", "").replaceAll("\\s+", "");
    }
}
