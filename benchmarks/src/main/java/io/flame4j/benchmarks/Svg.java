package io.flame4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Bars and lines on logarithmic scales. */
final class Svg {

    private static final int WIDTH = 760;
    private static final int LEFT = 120;
    private static final int RIGHT = 110;
    private static final int TOP = 44;
    private static final int BAR = 22;
    private static final int PLOT = 360;
    private static final int BOTTOM = 50;

    private static final String[] LIMITS = {"#9e9e9e", "#bdbdbd", "#757575", "#616161", "#cfcfcf"};
    private static final String[] OWN = {"#e65100", "#fb8c00", "#ffb74d", "#8d6e63", "#bf360c", "#ffcc80"};
    private static final String[] OTHERS = {
        "#1565c0", "#2e7d32", "#6a1b9a", "#00838f", "#ad1457", "#827717", "#283593", "#004d40"
    };

    private final StringBuilder out = new StringBuilder();

    private Svg(int height, String title) {
        out.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n",
                WIDTH, height, WIDTH, height));
        out.append(format("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, height));
        text(WIDTH / 2.0, 22, "middle", "font-size=\"15\" font-weight=\"bold\"", title);
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    private void text(double x, double y, String anchor, String style, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        out.append(
                format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n", x, y, anchor, style, escaped));
    }

    private void line(double x1, double y1, double x2, double y2, String style) {
        out.append(format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>%n", x1, y1, x2, y2, style));
    }

    private String end() {
        return out.append("</svg>\n").toString();
    }

    /** A logarithmic scale over whole decades or octaves around the values. */
    private record Scale(double low, double high, double from, double to) {
        static Scale around(DoubleStream values, double base, double from, double to) {
            double[] all = values.filter(value -> value > 0).toArray();
            double least = DoubleStream.of(all).min().orElse(1);
            double most = DoubleStream.of(all).max().orElse(1);
            double low = Math.pow(base, Math.floor(Math.log(least) / Math.log(base)));
            double high = Math.pow(base, Math.ceil(Math.log(most) / Math.log(base)));
            return new Scale(low, high <= low ? low * base : high, from, to);
        }

        double at(double value) {
            double share = Math.log(Math.max(value, low) / low) / Math.log(high / low);
            return from + share * (to - from);
        }

        List<Double> decades() {
            List<Double> result = new ArrayList<>();
            for (double value = low; value <= high * 1.001; value *= 10) {
                result.add(value);
            }
            return result;
        }
    }

    private static String color(String name, int limits, int own, int others) {
        if (name.matches("(raw|sock|bare)-.*")) {
            return LIMITS[limits % LIMITS.length];
        }
        return name.startsWith("flame") ? OWN[own % OWN.length] : OTHERS[others % OTHERS.length];
    }

    /** A colour for each name: grey for limits, orange for flame4j. */
    private static List<String> colors(Iterable<String> names) {
        int limits = 0;
        int own = 0;
        int others = 0;
        List<String> result = new ArrayList<>();
        for (String name : names) {
            result.add(color(name, limits, own, others));
            if (name.matches("(raw|sock|bare)-.*")) {
                limits++;
            } else if (name.startsWith("flame")) {
                own++;
            } else {
                others++;
            }
        }
        return result;
    }

    static String bars(String title, Map<String, Double> values) {
        int bottom = TOP + values.size() * BAR;
        Svg svg = new Svg(bottom + BOTTOM / 2, title);
        Scale scale = Scale.around(
                values.values().stream().mapToDouble(Double::doubleValue), 10, LEFT, (double) WIDTH - RIGHT);
        for (double decade : scale.decades()) {
            svg.line(scale.at(decade), TOP - 4, scale.at(decade), bottom, "stroke=\"#ddd\"");
            svg.text(scale.at(decade), bottom + 14, "middle", "fill=\"#666\"", plain(decade));
        }
        List<String> colors = colors(values.keySet());
        int index = 0;
        for (Map.Entry<String, Double> each : values.entrySet()) {
            double y = TOP + index * (double) BAR;
            svg.text(LEFT - 6, y + 15, "end", "", each.getKey());
            svg.out.append(format(
                    "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                    LEFT, y + 3, Math.max(1, scale.at(each.getValue()) - LEFT), BAR - 6, colors.get(index)));
            svg.text(scale.at(each.getValue()) + 5, y + 15, "start", "", Report.number(each.getValue()));
            index++;
        }
        return svg.end();
    }

    static String lines(String title, String axis, String unit, Map<String, List<double[]>> lines) {
        int bottom = TOP + PLOT;
        Svg svg = new Svg(bottom + BOTTOM, title);
        Scale across = Scale.around(points(lines, 0), 2, LEFT / 2.0 + 20, (double) WIDTH - RIGHT);
        Scale up = Scale.around(points(lines, 1), 10, bottom, TOP);
        for (double decade : up.decades()) {
            svg.line(across.from(), up.at(decade), across.to(), up.at(decade), "stroke=\"#ddd\"");
            svg.text(across.from() - 6, up.at(decade) + 4, "end", "fill=\"#666\"", plain(decade));
        }
        points(lines, 0).distinct().sorted().forEach(x -> {
            svg.line(across.at(x), TOP, across.at(x), bottom, "stroke=\"#eee\"");
            svg.text(across.at(x), bottom + 16, "middle", "fill=\"#666\"", plain(x));
        });
        svg.text((across.from() + across.to()) / 2, bottom + 36, "middle", "fill=\"#666\"", axis);
        svg.text(6, TOP - 10, "start", "fill=\"#666\"", unit);
        List<String> colors = colors(lines.keySet());
        int index = 0;
        for (Map.Entry<String, List<double[]>> each : lines.entrySet()) {
            StringBuilder points = new StringBuilder();
            for (double[] point : each.getValue()) {
                points.append(format("%.1f,%.1f ", across.at(point[0]), up.at(point[1])));
            }
            String color = colors.get(index);
            svg.out.append(format(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                    points.toString().trim(), color));
            double y = TOP + 12 + index * 17.0;
            svg.line(
                    WIDTH - RIGHT + 8, y - 4, WIDTH - RIGHT + 26, y - 4, "stroke-width=\"3\" stroke=\"" + color + "\"");
            svg.text(WIDTH - RIGHT + 30, y, "start", "", each.getKey());
            index++;
        }
        return svg.end();
    }

    private static DoubleStream points(Map<String, List<double[]>> lines, int axis) {
        return lines.values().stream().flatMap(List::stream).mapToDouble(point -> point[axis]);
    }

    private static String plain(double value) {
        return value >= 1 ? String.format(Locale.ROOT, "%,.0f", value) : Double.toString(value);
    }
}
