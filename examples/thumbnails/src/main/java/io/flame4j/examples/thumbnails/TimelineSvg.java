package io.flame4j.examples.thumbnails;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Draws a {@link Timeline}. The drawing follows the light or dark scheme of whatever shows it. */
final class TimelineSvg {

    private static final int WIDTH = 1200;
    private static final int LEFT = 148;
    private static final int RIGHT = 128;
    private static final int TOP = 100;
    private static final int ROW = 22;
    private static final int LANE_GAP = 14;
    private static final int AXIS = 46;
    private static final int MOST_TICKS = 10;

    /** At 12 px, on average and a little more: the text cannot be measured here. */
    private static final double CHARACTER = 6.7;

    private static final String STYLE = """
            <style>
              .flame-timeline { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
                --paper: #ffffff; --ink: #1b2330; --quiet: #5d6878; --grid: #e6e9ef; --rail: #d5dae3;
                --picture: #2f6fde; --sample: #12907b; --damaged: #cf2f4d; --boot: #8259cf; }
              @media (prefers-color-scheme: dark) {
                .flame-timeline { --paper: #14181f; --ink: #e8ebf0; --quiet: #9aa5b5; --grid: #262d38; --rail: #39424f;
                  --picture: #6c9fff; --sample: #38bda6; --damaged: #ff6b86; --boot: #b498f2; } }
              .flame-timeline .paper { fill: var(--paper); }
              .flame-timeline text { fill: var(--ink); }
              .flame-timeline .heading { font-size: 17px; font-weight: 600; }
              .flame-timeline .quiet { fill: var(--quiet); }
              .flame-timeline .number { fill: var(--quiet); text-anchor: middle; font-variant-numeric: tabular-nums; }
              .flame-timeline .name { text-anchor: end; font-variant-numeric: tabular-nums; }
              .flame-timeline .grid { stroke: var(--grid); }
              .flame-timeline .rail { stroke: var(--rail); stroke-width: 2; }
              .flame-timeline .hatch { stroke: var(--boot); stroke-width: 2.2; }
              .flame-timeline .boot { fill: url(#flame-timeline-hatch); stroke: var(--boot); }
              .flame-timeline .picture { fill: var(--picture); }
              .flame-timeline .sample { fill: var(--sample); }
              .flame-timeline .damaged { fill: var(--damaged); }
              .flame-timeline .bar { stroke: var(--paper); stroke-width: 0.8; }
              .flame-timeline .fine { stroke: none; }
              .flame-timeline .bar:hover { stroke: var(--ink); stroke-width: 1.5; }
              .flame-timeline .ending { fill: var(--paper); stroke: var(--quiet); stroke-width: 2; }
            </style>
            <defs><pattern id="flame-timeline-hatch" width="6" height="6" patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"><line class="hatch" x1="1" y1="0" x2="1" y2="6"/></pattern></defs>
            """;

    private final Timeline timeline;
    private final double tick;
    private final double pixelsPerSecond;
    private final StringBuilder svg = new StringBuilder();

    private TimelineSvg(Timeline timeline) {
        this.timeline = timeline;
        this.tick = tick(timeline.length());
        this.pixelsPerSecond = (WIDTH - LEFT - RIGHT) / Math.max(timeline.length(), 0.001);
    }

    /** The drawing as an XML document, without the declaration, so that it can stand in HTML, too. */
    static String render(Timeline timeline) {
        return new TimelineSvg(timeline).draw();
    }

    /** The distance of marks on the axis: 1, 2 or 5 times a power of ten, so that there are ten marks at most. */
    static double tick(double length) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(length, 0.01) / MOST_TICKS)));
        for (double step : new double[] {1, 2, 5}) {
            if (length / (step * power) <= MOST_TICKS) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private String draw() {
        int bottom = TOP;
        for (Timeline.Lane lane : timeline.lanes()) {
            bottom += lane.slots() * ROW + LANE_GAP;
        }
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flame-timeline\" viewBox=\"0 0 %d %d\""
                        + " role=\"img\" aria-label=\"%s\">\n",
                WIDTH, bottom + AXIS, Markup.escape(description()));
        svg.append(STYLE);
        add("<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n", WIDTH, bottom + AXIS);
        add("<text class=\"heading\" x=\"24\" y=\"36\">Which runner did what, and when</text>\n");
        add("<text class=\"quiet\" x=\"24\" y=\"57\">%s</text>\n", Markup.escape(description()));
        legend();
        axis(bottom);
        int y = TOP;
        for (Timeline.Lane lane : timeline.lanes()) {
            lane(lane, y);
            y += lane.slots() * ROW + LANE_GAP;
        }
        return svg.append("</svg>\n").toString();
    }

    private String description() {
        int calls =
                timeline.lanes().stream().mapToInt(lane -> lane.bars().size()).sum();
        int runners = timeline.lanes().size();
        return String.format(
                Locale.ROOT,
                "%d %s, %d %s, %.1f seconds",
                runners,
                runners == 1 ? "runner" : "runners",
                calls,
                calls == 1 ? "call" : "calls",
                timeline.length());
    }

    private void legend() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("boot", "boot");
        if (has(Timeline.Kind.SAMPLE)) {
            entries.put("sample", "sample rendered");
        }
        entries.put("picture", "picture examined");
        if (has(Timeline.Kind.DAMAGED)) {
            entries.put("damaged", "picture found damaged");
        }
        double x = 24;
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            add("<rect class=\"%s\" x=\"%.1f\" y=\"70\" width=\"22\" height=\"11\" rx=\"2\"/>", entry.getKey(), x);
            add("<text class=\"quiet\" x=\"%.1f\" y=\"80\">%s</text>\n", x + 29, entry.getValue());
            x += 29 + entry.getValue().length() * CHARACTER + 20;
        }
        add("<line class=\"rail\" x1=\"%.1f\" y1=\"75.5\" x2=\"%.1f\" y2=\"75.5\"/>", x, x + 18);
        add("<circle class=\"ending\" cx=\"%.1f\" cy=\"75.5\" r=\"4\"/>", x + 18);
        add("<text class=\"quiet\" x=\"%.1f\" y=\"80\">ready without work, then stopped</text>\n", x + 29);
    }

    private boolean has(Timeline.Kind kind) {
        return timeline.lanes().stream().flatMap(lane -> lane.bars().stream()).anyMatch(bar -> bar.kind() == kind);
    }

    private void axis(int bottom) {
        int digits = Math.max(0, (int) -Math.floor(Math.log10(tick)));
        for (int i = 0; i * tick <= timeline.length() + tick / 1000; i++) {
            double x = x(i * tick);
            add("<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x, TOP - 8, x, bottom);
            String number = String.format(Locale.ROOT, "%." + digits + "f", i * tick);
            add("<text class=\"number\" x=\"%.1f\" y=\"%d\">%s s</text>\n", x, bottom + 20, number);
        }
    }

    private void lane(Timeline.Lane lane, int y) {
        int height = lane.slots() * ROW;
        double middle = y + height / 2.0;
        String id = Markup.escape(lane.runner());
        add("<g class=\"lane\"><title>%s</title>\n", id);
        String shown = Markup.escape(Markup.shorten(lane.runner(), 18));
        add("<text class=\"name\" x=\"%d\" y=\"%.1f\">%s</text>\n", LEFT - 14, middle + 4, shown);
        Double boot = lane.boot();
        double ready = lane.ready() != null ? lane.ready() : boot != null ? lane.end() : firstStart(lane.bars());
        for (int slot = 0; slot < lane.slots(); slot++) {
            double rail = y + slot * ROW + ROW / 2.0;
            add(
                    "<line class=\"rail\" x1=\"%.2f\" y1=\"%.1f\" x2=\"%.2f\" y2=\"%.1f\"/>\n",
                    x(ready), rail, x(lane.end()), rail);
        }
        if (boot != null) {
            add(
                    "<rect class=\"boot\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" rx=\"2\">"
                            + "<title>%s: boot, %.0f ms</title></rect>\n",
                    x(boot), y + 2, width(boot, ready), height - 4, id, (ready - boot) * 1000);
        }
        for (Timeline.Bar bar : lane.bars()) {
            bar(bar, id, y + bar.slot() * ROW);
        }
        ending(lane.ending(), lane.end(), middle);
        add("</g>\n");
    }

    private void bar(Timeline.Bar bar, String runner, int y) {
        double width = width(bar.start(), bar.end());
        add(
                "<rect class=\"bar %s%s\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" rx=\"1.5\">"
                        + "<title>%s\n%.0f ms on %s, from %.3f s</title></rect>\n",
                bar.kind().name().toLowerCase(Locale.ROOT),
                // An outline in the colour of the paper would leave nothing of it.
                width < 3 ? " fine" : "",
                x(bar.start()),
                y + 2,
                width,
                ROW - 4,
                Markup.escape(bar.label()),
                (bar.end() - bar.start()) * 1000,
                runner,
                bar.start());
    }

    private void ending(RunnerLog.@Nullable Ending ending, double end, double middle) {
        if (ending == null) {
            return;
        }
        add(
                "<circle class=\"ending\" cx=\"%.2f\" cy=\"%.1f\" r=\"4\"><title>%s at %.2f s</title></circle>",
                x(end), middle, ending.words(), end);
        add("<text class=\"quiet\" x=\"%.2f\" y=\"%.1f\">%s</text>\n", x(end) + 10, middle + 4, ending.words());
    }

    private static double firstStart(List<Timeline.Bar> bars) {
        return bars.isEmpty() ? 0 : bars.get(0).start();
    }

    private double x(double seconds) {
        return LEFT + seconds * pixelsPerSecond;
    }

    /** Never so narrow that it cannot be seen. */
    private double width(double from, double to) {
        return Math.max(1.5, (to - from) * pixelsPerSecond);
    }

    private void add(String format, Object... values) {
        // Not String.formatted: in half of the world that writes commas into numbers.
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
