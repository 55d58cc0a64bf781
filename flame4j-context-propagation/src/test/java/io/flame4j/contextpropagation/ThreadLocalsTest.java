package io.flame4j.contextpropagation;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.backend.ProcessBackend;
import io.micrometer.context.ContextRegistry;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Thread locals known to Micrometer's registry travel to a runner that is a process. */
class ThreadLocalsTest {

    private FlamePool pool;

    @BeforeEach
    void start() {
        RequestScope.register();
        pool = FlamePool.builder("locals")
                .backend(ProcessBackend.builder().heap("64m").build())
                .initializer(RequestScope.class)
                .max(1)
                .maxConcurrency(1)
                .build();
    }

    @AfterEach
    void close() {
        pool.shutdownNow();
        RequestScope.REQUEST.remove();
        RequestScope.LOCALE.remove();
        RequestScope.OTHER.remove();
        for (String key : List.of("request", "other", "locale")) {
            ContextRegistry.getInstance().removeThreadLocalAccessor(key);
        }
    }

    private static String seen() {
        return RequestScope.REQUEST.get() + " " + RequestScope.LOCALE.get() + " " + RequestScope.OTHER.get();
    }

    @Test
    void strings_and_what_can_be_written_as_such_travel_and_are_gone_after_the_task() {
        RequestScope.REQUEST.set("r-17");
        RequestScope.LOCALE.set(Locale.CANADA_FRENCH);
        RequestScope.OTHER.set(new Object());
        String inTask = pool.call(() -> seen());
        RequestScope.REQUEST.remove();
        RequestScope.LOCALE.remove();
        RequestScope.OTHER.remove();
        String afterwards = pool.call(() -> seen());
        System.out.println("thread locals in the task: " + inTask + "; in the next one: " + afterwards);

        assertThat(inTask).isEqualTo("r-17 fr_CA null");
        assertThat(afterwards).isEqualTo("null null null");
    }

    @Test
    void a_string_in_a_local_for_anything_travels_too() {
        RequestScope.OTHER.set("text");
        assertThat(pool.call(() -> seen())).isEqualTo("null null text");
    }
}
