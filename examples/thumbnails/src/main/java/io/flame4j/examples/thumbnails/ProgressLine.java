package io.flame4j.examples.thumbnails;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far the work is: one line that is painted over and over on a terminal, a line for each quarter otherwise.
 * Thread-safe: steps come from the main thread, runners from the pool's listener thread.
 */
final class ProgressLine implements RunnerLog.Counts {

    private static final long REPAINT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int BAR = 24;

    /** Narrower than any terminal: a line that wraps could not be painted over. */
    private static final int WIDTH = 78;

    /** How to show it. */
    enum Style {
        /** One line, with block characters. */
        TERMINAL,
        /** One line, for terminals that know ASCII only. */
        ASCII_TERMINAL,
        /** A few lines. */
        PLAIN;

        /** What suits where the output goes. */
        static Style of(@Nullable Console console, Map<String, String> environment) {
            if (console == null || "dumb".equals(environment.get("TERM")) || !isTerminal(console)) {
                return PLAIN;
            }
            return StandardCharsets.UTF_8.equals(console.charset()) ? TERMINAL : ASCII_TERMINAL;
        }

        /** From Java 22 on there may be a console without a terminal, and a method that tells. */
        private static boolean isTerminal(Console console) {
            try {
                return (boolean) Console.class.getMethod("isTerminal").invoke(console);
            } catch (ReflectiveOperationException e) {
                return true;
            }
        }
    }

    private final PrintStream out;
    private final Style style;
    private final LongSupplier nanoTime;

    private String stage = "";
    private int total;
    private int done;
    private int ready;
    private int booting;
    private long began;
    private long painted;
    private int paintedLength;
    private boolean running;

    ProgressLine(PrintStream out, Style style, LongSupplier nanoTime) {
        this.out = out;
        this.style = style;
        this.nanoTime = nanoTime;
    }

    /** Begins a stage of so many steps; of none when only the runners are to be seen. */
    synchronized void begin(String name, int steps) {
        stage = name;
        total = steps;
        done = 0;
        began = nanoTime.getAsLong();
        running = true;
        if (style == Style.PLAIN) {
            out.println(steps == 0 ? name : name + ": " + steps);
        } else {
            paint();
        }
    }

    /** A step is done. */
    synchronized void step() {
        done++;
        if (style != Style.PLAIN) {
            paintNowAndThen();
        } else if (done < total && done * 4 / total != (done - 1) * 4 / total) {
            out.println("  " + done + " of " + total + ", " + runners());
        }
    }

    @Override
    public synchronized void changed(int nowReady, int nowBooting) {
        ready = nowReady;
        booting = nowBooting;
        if (running && style != Style.PLAIN) {
            paintNowAndThen();
        }
    }

    /** The stage is over: what comes next goes to a line of its own. */
    synchronized void end() {
        if (!running) {
            return;
        }
        if (style != Style.PLAIN) {
            paint();
            out.println();
            paintedLength = 0;
        } else if (total > 0) {
            out.println(String.format(
                    Locale.ROOT,
                    "  %d of %d in %.1f s, %s",
                    done,
                    total,
                    (nanoTime.getAsLong() - began) / 1e9,
                    runners()));
        }
        running = false;
    }

    private void paintNowAndThen() {
        if (nanoTime.getAsLong() - painted >= REPAINT_NANOS) {
            paint();
        }
    }

    private void paint() {
        painted = nanoTime.getAsLong();
        String line = line();
        String padding = " ".repeat(Math.max(0, paintedLength - line.length()));
        out.print("\r" + line + padding);
        out.flush();
        paintedLength = line.length();
    }

    private String line() {
        String line;
        if (total == 0) {
            line = stage + "  " + runners();
        } else {
            double seconds = (painted - began) / 1e9;
            String rate = done == 0 || seconds < 0.1 ? "" : String.format(Locale.ROOT, "  %.1f/s", done / seconds);
            line = String.format(Locale.ROOT, "%-10s%s %d/%d  %s%s", stage, bar(), done, total, runners(), rate);
        }
        return line.substring(0, Math.min(WIDTH, line.length()));
    }

    private String bar() {
        int full = (int) ((long) done * BAR / total);
        return style == Style.TERMINAL
                ? "█".repeat(full) + "░".repeat(BAR - full)
                : "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]";
    }

    private String runners() {
        String text = ready + (ready == 1 ? " runner" : " runners");
        return booting == 0 ? text : text + " + " + booting + " booting";
    }
}
