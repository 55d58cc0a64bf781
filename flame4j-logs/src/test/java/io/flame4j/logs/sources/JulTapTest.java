package io.flame4j.logs.sources;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.logs.RunnerLogEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the handlers that are there. */
class JulTapTest {

    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger SHOP = Logger.getLogger("shop.Old");

    private final List<String> printed = new CopyOnWriteArrayList<>();
    private final List<RunnerLogEvent> heard = new CopyOnWriteArrayList<>();
    private final JulTap tap = new JulTap(heard::add);
    private final ConsoleHandler console = new ConsoleHandler();
    private final List<Handler> before = List.of(ROOT.getHandlers());

    @BeforeEach
    void haveAConsoleAlone() {
        before.forEach(ROOT::removeHandler);
        console.setFormatter(new SimpleFormatter() {
            @Override
            public String format(LogRecord record) {
                printed.add(record.getMessage());
                return "";
            }
        });
        ROOT.addHandler(console);
        tap.refresh();
    }

    @AfterEach
    void restore() {
        List.of(ROOT.getHandlers()).forEach(ROOT::removeHandler);
        before.forEach(ROOT::addHandler);
    }

    @Test
    void it_looks_like_the_console_whose_place_it_takes() {
        assertThat(ROOT.getHandlers()).containsExactly(tap).hasOnlyElementsOfType(ConsoleHandler.class);

        SHOP.info("one");
        SHOP.fine("not logged");
        assertThat(printed).containsExactly("one");
        assertThat(heard).extracting(RunnerLogEvent::message).containsExactly("one");
    }

    @Test
    void settings_of_the_console_reach_it() {
        for (Handler handler : ROOT.getHandlers()) {
            assertThat(handler.getFormatter()).isSameAs(console.getFormatter());
            assertThat(handler.getLevel()).isEqualTo(Level.INFO);
            handler.setLevel(Level.WARNING);
        }
        SHOP.info("one");
        SHOP.warning("two");
        assertThat(printed).containsExactly("two");
        assertThat(heard).extracting(RunnerLogEvent::message).containsExactly("one", "two");
    }

    @Test
    void who_removes_it_has_removed_the_console() {
        ROOT.removeHandler(tap);
        tap.refresh();

        SHOP.info("one");
        assertThat(printed).isEmpty();
        assertThat(heard).hasSize(1);
    }

    @Test
    void handlers_of_somebody_else_stay() {
        ROOT.removeHandler(tap);
        ROOT.addHandler(console);
        ConsoleHandler other = new ConsoleHandler();
        other.setLevel(Level.OFF);
        ROOT.addHandler(other);
        tap.refresh();

        assertThat(ROOT.getHandlers()).containsExactly(console, other, tap);
        SHOP.info("one");
        assertThat(printed).containsExactly("one");
        assertThat(heard).hasSize(1);
    }
}
