package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long nanos;

    @Test
    void printsALineForEachQuarterWithoutATerminal() {
        ProgressLine progress = progress(ProgressLine.Style.PLAIN);
        progress.begin("Examining", 1000);
        progress.changed(1, 1);
        for (int i = 0; i < 1000; i++) {
            progress.step();
        }
        nanos += 2_000_000_000L;
        progress.end();

        assertThat(printed().lines())
                .containsExactly(
                        "Examining: 1000",
                        "  250 of 1000, 1 runner + 1 booting",
                        "  500 of 1000, 1 runner + 1 booting",
                        "  750 of 1000, 1 runner + 1 booting",
                        "  1000 of 1000 in 2.0 s, 1 runner + 1 booting");
    }

    @Test
    void paintsOverOneLineOfATerminal() {
        ProgressLine progress = progress(ProgressLine.Style.ASCII_TERMINAL);
        progress.begin("Examining", 4);
        for (int i = 0; i < 4; i++) {
            nanos += 500_000_000L;
            progress.changed(2, 0);
            progress.step();
        }
        progress.end();

        assertThat(printed()).doesNotContain("\n\r").endsWith(System.lineSeparator());
        String[] paints = printed().split("\r", -1);
        assertThat(paints[paints.length - 1].strip())
                .isEqualTo("Examining [########################] 4/4  2 runners  2.0/s");
        assertThat(paints).allMatch(paint -> paint.strip().length() <= 78);
    }

    @Test
    void doesNotFlood() {
        ProgressLine progress = progress(ProgressLine.Style.TERMINAL);
        progress.begin("Examining", 100_000);
        for (int i = 0; i < 100_000; i++) {
            nanos += 10_000;
            progress.step();
        }
        progress.end();

        // A second of work at twenty paints a second.
        assertThat(printed().split("\r", -1)).hasSizeLessThan(30);
    }

    @Test
    void erasesALongerLine() {
        ProgressLine progress = progress(ProgressLine.Style.TERMINAL);
        progress.changed(12, 3);
        progress.begin("Waiting", 0);
        nanos += 1_000_000_000L;
        progress.changed(0, 0);
        progress.end();

        String[] paints = printed().split("\r", -1);
        assertThat(paints[1]).isEqualTo("Waiting  12 runners + 3 booting");
        assertThat(paints[2]).isEqualTo("Waiting  0 runners             ").hasSameSizeAs(paints[1]);
    }

    @Test
    void isPlainWithoutAConsole() {
        assertThat(ProgressLine.Style.of(null, Map.of("TERM", "xterm"))).isEqualTo(ProgressLine.Style.PLAIN);
    }

    private ProgressLine progress(ProgressLine.Style style) {
        return new ProgressLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), style, () -> nanos);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
