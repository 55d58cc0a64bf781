package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Figures.Key;
import io.flame4j.benchmarks.Figures.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Draws the figures that were measured. */
final class Charts {

    private static final Pattern CALLERS = Pattern.compile("(\\d+) callers?");
    private static final Pattern SIZE = Pattern.compile("(\\d+) ([KM])iB");
    private static final Pattern SCHEDULED = Pattern.compile("(\\d+) runners, (\\d+) waiters");
    private static final double KIBI = 1024;

    private final Figures figures;

    Charts(Figures figures) {
        this.figures = figures;
    }

    /** Name of the file and SVG of each chart for which there are figures. */
    Map<String, String> all() {
        Map<String, String> charts = new LinkedHashMap<>();
        for (String placement : new String[] {Placement.ONE_CPU, ""}) {
            String suffix = placement.isEmpty() ? "" : "-one-cpu";
            String where = placement.isEmpty() ? "" : " (all JVMs on one CPU)";
            bars(charts, "latency" + suffix, "No-op call, median" + where, "latency", placement + "p50");
            lines(
                    charts,
                    "throughput" + suffix,
                    "Calls per second of one runner, by callers" + where,
                    "callers",
                    "throughput",
                    metric -> metric.startsWith(Placement.ONE_CPU) == !placement.isEmpty()
                            ? number(CALLERS, metric.substring(placement.length()))
                            : Double.NaN);
        }
        lines(charts, "payload", "Array there and back, by its size", "KiB", "payload", metric -> {
            Matcher matcher = SIZE.matcher(metric);
            return matcher.matches()
                    ? Double.parseDouble(matcher.group(1)) * (matcher.group(2).equals("M") ? KIBI : 1)
                    : Double.NaN;
        });
        bars(charts, "records", Records.METRIC, "records", Records.METRIC);
        bars(charts, "cold-start", "From no runner to the first result", "cold-start", ColdStart.METRIC);
        bars(charts, "memory", "Idle runner, resident memory", "cold-start", ColdStart.RESIDENT);
        schedulerLines(charts);
        return charts;
    }

    private static double number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.matches() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
    }

    private void bars(Map<String, String> charts, String file, String title, String group, String metric) {
        Map<String, Double> values = new LinkedHashMap<>();
        String unit = "";
        for (Map.Entry<Key, Series> each : figures.all().entrySet()) {
            if (each.getKey().group().equals(group) && each.getKey().metric().equals(metric)) {
                values.put(each.getKey().contender(), each.getValue().median());
                unit = each.getValue().unit();
            }
        }
        if (!values.isEmpty()) {
            charts.put(file + ".svg", Svg.bars(title + ", " + unit + " (logarithmic)", values));
        }
    }

    private void lines(
            Map<String, String> charts,
            String file,
            String title,
            String axis,
            String group,
            Function<String, Double> place) {
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        String unit = "";
        for (Map.Entry<Key, Series> each : figures.all().entrySet()) {
            double x = each.getKey().group().equals(group)
                    ? place.apply(each.getKey().metric())
                    : Double.NaN;
            if (!Double.isNaN(x)) {
                lines.computeIfAbsent(each.getKey().contender(), contender -> new ArrayList<>())
                        .add(new double[] {x, each.getValue().median()});
                unit = each.getValue().unit();
            }
        }
        if (!lines.isEmpty()) {
            charts.put(file + ".svg", Svg.lines(title, axis, unit, lines));
        }
    }

    /** One line for each length of the queue. */
    private void schedulerLines(Map<String, String> charts) {
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        for (Map.Entry<Key, Series> each : figures.all().entrySet()) {
            Matcher matcher = SCHEDULED.matcher(each.getKey().metric());
            if (each.getKey().contender().equals("release and grant") && matcher.matches()) {
                lines.computeIfAbsent(matcher.group(2) + " waiters", waiters -> new ArrayList<>())
                        .add(new double[] {
                            Double.parseDouble(matcher.group(1)),
                            each.getValue().median()
                        });
            }
        }
        if (!lines.isEmpty()) {
            charts.put(
                    "scheduler.svg",
                    Svg.lines("A slot released and granted to the next, by runners", "runners", "ns", lines));
        }
    }
}
