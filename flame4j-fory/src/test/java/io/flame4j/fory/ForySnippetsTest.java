package io.flame4j.fory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.CallOptions;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.RunnerInitializer;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testsupport.DocumentSnippets;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of docs/fory.md, run for real: see {@link DocumentSnippets}. */
class ForySnippetsTest {

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
        DocumentSnippets.runBy(ForySnippetsTest.class)
                .in("docs/fory.md")
                .nested()
                .check(3);
    }
}
