package io.flame4j.examples.thumbnails;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The figures at the end: for the terminal and for the contact sheet.
 *
 * @param album what was found out
 * @param groups the groups of near-duplicates
 * @param booted how many runners became ready
 * @param bootTime how long that took on average
 * @param left how many runners were still there at the end
 */
record Summary(Album album, List<List<Album.Entry>> groups, int booted, Duration bootTime, int left) {

    private static final int MOST_FAILURES = 10;

    static Summary of(Album album, RunnerLog runners) {
        int left = (int)
                runners.lives().stream().filter(life -> life.end() == null).count();
        return new Summary(album, album.nearDuplicates(), runners.booted(), runners.meanBootTime(), left);
    }

    /**
     * A figure.
     *
     * @param name what it is
     * @param value the figure itself
     * @param note more about it; may be empty
     */
    record Figure(String name, String value, String note) {}

    /** What is worth knowing. */
    List<Figure> figures() {
        int pictures = album.entries().size();
        int similar = groups.stream().mapToInt(List::size).sum();
        long damaged = album.failures().stream().filter(Album.Failure::damaged).count();
        long failed = album.failures().size() - damaged;
        return List.of(
                new Figure("pictures", "" + pictures, "in " + seconds(album.examining())),
                new Figure("pictures/s", decimal(album.picturesPerSecond()), "thumbnail, colours, hash"),
                new Figure("runners booted", "" + booted, booted == 0 ? "" : "in " + seconds(bootTime) + " each"),
                new Figure(
                        "median call overhead",
                        millis(album.medianOverhead()),
                        "waiting and the way there and back, beside " + millis(album.medianWork()) + " of work"),
                new Figure(
                        "near-duplicate groups",
                        "" + groups.size(),
                        groups.isEmpty() ? "" : "of " + similar + " pictures"),
                new Figure(
                        damaged == 1 ? "damaged file" : "damaged files",
                        "" + damaged,
                        failed == 0 ? "" : failed + " more failed"));
    }

    /** The lines for the terminal. */
    List<String> lines(Output output) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        for (Figure figure : figures()) {
            lines.add(String.format(Locale.ROOT, "  %-23s%-10s%s", figure.name(), figure.value(), figure.note())
                    .stripTrailing());
        }
        List<Album.Failure> failures = album.failures();
        for (Album.Failure failure : failures.subList(0, Math.min(MOST_FAILURES, failures.size()))) {
            lines.add("    " + failure.name() + ": " + Markup.shorten(failure.reason(), 160));
        }
        if (failures.size() > MOST_FAILURES) {
            lines.add("    and " + (failures.size() - MOST_FAILURES) + " more, listed in the contact sheet");
        }
        if (left > 0) {
            lines.add("  " + left + " runners were still busy or idle at the end");
        }
        lines.add("");
        lines.add("  contact sheet   " + output.contactSheet());
        lines.add("  timeline        " + output.timeline());
        return lines;
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
