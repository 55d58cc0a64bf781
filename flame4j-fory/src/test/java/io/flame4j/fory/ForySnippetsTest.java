package io.flame4j.fory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.CallOptions;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RunnerInitializer;
import io.flame4j.backend.ProcessBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The examples of docs/fory.md, run for real. A code block after {@code <!-- snippet: name -->} must be, apart from white
 * space and comments, the code between {@code // snippet: name} and {@code // end} here.
 */
class ForySnippetsTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "fory.md");
    private static final Path SOURCE = Path.of("src/test/java/io/flame4j/fory/ForySnippetsTest.java");

    enum Status {
        OPEN
    }

    record Item(String name, double price) {}

    record Order(Status status, List<Item> items) {}

    static final class Pricing {
        private Pricing() {}

        static double total(List<Order> orders) {
            return orders.stream()
                    .flatMap(order -> order.items().stream())
                    .mapToDouble(Item::price)
                    .sum();
        }
    }

    // snippet: fory-codec
    public static final class AppCodec extends ForyCodec {
        public AppCodec() {
            super(Order.class, Item.class, Status.class);
        }
    }
    // end

    // snippet: fory-warm
    public static final class WarmUp implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {
            new AppCodec().warmUp();
        }
    }
    // end

    @Test
    void runners_are_warmed_up() {
        FlamePool pool = FlamePool.builder("orders")
                .codec(new AppCodec())
                .initializer(WarmUp.class)
                .backend(ProcessBackend.builder().heap("128m").build())
                .bootTimeout(Duration.ofMinutes(2))
                .build();
        try {
            // Nobody has sent one; the code is generated in the background.
            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(pool.call(
                                    () -> List.copyOf(GeneratedCode.of(Item.class)),
                                    CallOptions.defaults().timeout(Duration.ofMinutes(2))))
                            .isNotEmpty());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void arguments_travel() {
        List<Order> orders = List.of(new Order(Status.OPEN, List.of(new Item("a", 1.5), new Item("b", 2))));
        // snippet: fory-pool
        FlamePool pool = FlamePool.builder("orders").codec(new AppCodec()).build();
        double total = pool.call(() -> Pricing.total(orders));
        // end
        pool.shutdownNow();
        assertThat(total).isEqualTo(3.5);
    }

    @Test
    void the_document_shows_what_runs_here() throws IOException {
        String source = Files.readString(SOURCE);
        Matcher shown = Pattern.compile("<!-- snippet: (\\S+) -->\\s*```java\\n(.*?)```", Pattern.DOTALL)
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

    /** Here the classes are nested, and so static. */
    private static String bare(String code) {
        return code.replaceAll("//[^\\n]*", "")
                .replace("public static final", "public final")
                .replaceAll("\\s+", "");
    }
}
