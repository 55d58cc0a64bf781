package io.flame4j.soak;

import io.flame4j.soak.Census.Sample;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws the census as an SVG: one line for each count, each with its own scale from 0 on. */
final class Chart {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 90;
    private static final int LEFT = 170;
    private static final int TOP = 44;

    private record Line(String name, String colour, ToDoubleFunction<Sample> value) {}

    private static final List<Line> LINES = List.of(
            new Line("heap after GC, MiB", "#2563eb", sample -> sample.heap() / (double) (1 << 20)),
            new Line("threads", "#059669", Sample::threads),
            new Line("descriptors", "#d97706", Sample::descriptors),
            new Line("runners", "#7c3aed", Sample::runners),
            new Line("calls", "#475569", Sample::calls),
            new Line("failures", "#dc2626", Sample::failures));

    private Chart() {}

    static String svg(String title, List<Sample> samples) {
        int height = TOP + LINES.size() * HEIGHT + 30;
        StringBuilder out = new StringBuilder(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                LEFT + WIDTH + 20, height));
        out.append(format("<text x=\"10\" y=\"24\" font-size=\"15\">%s</text>%n", escape(title)));
        double end = Math.max(
                1, samples.isEmpty() ? 1 : samples.get(samples.size() - 1).seconds());
        for (int i = 0; i < LINES.size(); i++) {
            draw(out, LINES.get(i), samples, end, TOP + i * HEIGHT);
        }
        out.append(format(
                "<text x=\"%d\" y=\"%d\" fill=\"#64748b\">0</text><text x=\"%d\" y=\"%d\" fill=\"#64748b\""
                        + " text-anchor=\"end\">%.1f minutes</text>%n",
                LEFT, height - 10, LEFT + WIDTH, height - 10, end / 60));
        return out.append("</svg>\n").toString();
    }

    private static void draw(StringBuilder out, Line line, List<Sample> samples, double end, int top) {
        double most = Math.max(1, samples.stream().mapToDouble(line.value).max().orElse(1));
        int bottom = top + HEIGHT - 20;
        out.append(format(
                "<text x=\"10\" y=\"%d\" fill=\"%s\">%s</text><text x=\"%d\" y=\"%d\" fill=\"#64748b\""
                        + " text-anchor=\"end\">%,.0f</text>%n",
                bottom, line.colour, line.name, LEFT - 8, top + 10, most));
        out.append(format(
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#e2e8f0\"/>%n",
                LEFT, bottom, LEFT + WIDTH, bottom));
        out.append(format("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"", line.colour));
        for (Sample sample : samples) {
            double x = LEFT + WIDTH * sample.seconds() / end;
            double y = bottom - (bottom - top) * line.value.applyAsDouble(sample) / most;
            out.append(format("%.1f,%.1f ", x, y));
        }
        out.append("\"/>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern.replace("%n", "\n"), values);
    }
}
