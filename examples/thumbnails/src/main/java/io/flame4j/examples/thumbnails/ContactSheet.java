package io.flame4j.examples.thumbnails;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the page with all pictures. It needs the thumbnails beside it and nothing else. */
final class ContactSheet {

    /** A longer timeline is not copied into the page, which would become slow, but shown as the picture it is. */
    private static final int LONGEST_INLINE = 1_000_000;

    private final Summary summary;
    private final String title;
    private final String timeline;
    private final Map<Integer, Integer> groupOf = new HashMap<>();
    private final StringBuilder html = new StringBuilder();

    ContactSheet(Summary summary, String title, String timeline) {
        this.summary = summary;
        this.title = title;
        this.timeline = timeline;
        for (int group = 0; group < summary.groups().size(); group++) {
            for (Album.Entry entry : summary.groups().get(group)) {
                groupOf.put(entry.number(), group + 1);
            }
        }
    }

    /** The page. */
    String html() {
        String name = Markup.escape(title);
        add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        add("<title>%s – contact sheet</title>\n<style>\n", name);
        html.append(ContactSheetStyle.CSS);
        add("</style>\n</head>\n<body>\n<header>\n<p class=\"kind\">Contact sheet</p>\n<h1>%s</h1>\n", name);
        figures();
        add("</header>\n<main>\n");
        timeline();
        pictures();
        nearDuplicates();
        failures();
        add("</main>\n<footer>Made on the runners of a flame4j pool.</footer>\n</body>\n</html>\n");
        return html.toString();
    }

    private void figures() {
        add("<dl class=\"figures\">\n");
        for (Summary.Figure figure : summary.figures()) {
            String note = figure.note().isEmpty() ? "" : "<dd class=\"note\">" + Markup.escape(figure.note()) + "</dd>";
            add(
                    "<div><dt>%s</dt><dd>%s</dd>%s</div>\n",
                    Markup.escape(figure.name()), Markup.escape(figure.value()), note);
        }
        add("</dl>\n");
    }

    private void pictures() {
        add("<section aria-labelledby=\"pictures\">\n<h2 id=\"pictures\">Pictures</h2>\n");
        List<Album.Entry> entries = summary.album().entries();
        if (entries.isEmpty()) {
            add("<p>None could be read.</p>\n");
        }
        add("<ul class=\"grid\">\n");
        for (Album.Entry entry : entries) {
            add("<li id=\"p%d\"><figure>%s\n<figcaption>", entry.number(), image(entry));
            colours(entry.report().colours());
            add("<span class=\"name\" title=\"%1$s\">%1$s</span>", Markup.escape(entry.name()));
            PictureReport.FileFacts file = entry.report().file();
            add(
                    "<span class=\"facts\">%d × %d · %s · %s",
                    file.width(), file.height(), Markup.escape(file.format()), size(file.size()));
            add("</span></figcaption>");
            Integer group = groupOf.get(entry.number());
            if (group != null) {
                add("<a class=\"group\" href=\"#g%d\" title=\"near-duplicates\">group %d</a>", group, group);
            }
            add("</figure></li>\n");
        }
        add("</ul>\n</section>\n");
    }

    private String image(Album.Entry entry) {
        PictureReport.Thumbnail thumbnail = entry.report().thumbnail();
        String colours = String.join(
                ", ",
                entry.report().colours().stream().limit(2).map(Swatch::hex).toList());
        String alt = "Thumbnail of " + entry.name() + (colours.isEmpty() ? "" : ", mostly " + colours);
        return String.format(
                Locale.ROOT,
                "<a class=\"picture\" href=\"%s\"><img src=\"%s\" width=\"%d\" height=\"%d\" loading=\"lazy\" alt=\"%s\"></a>",
                Markup.escape(entry.file()),
                Markup.escape(entry.thumbnail()),
                thumbnail.width(),
                thumbnail.height(),
                Markup.escape(alt));
    }

    private void colours(List<Swatch> colours) {
        if (colours.isEmpty()) {
            return;
        }
        String words = String.join(
                ", ",
                colours.stream()
                        .map(swatch -> String.format(Locale.ROOT, "%s %.0f %%", swatch.hex(), swatch.share() * 100))
                        .toList());
        add("<span class=\"colours\" role=\"img\" aria-label=\"Dominant colours: %s\">", words);
        for (Swatch swatch : colours) {
            add(
                    "<span style=\"flex-grow:%.3f;background:%s\" title=\"%s, %.0f %%\"></span>",
                    swatch.share(), swatch.hex(), swatch.hex(), swatch.share() * 100);
        }
        add("</span>");
    }

    private void nearDuplicates() {
        add("<section aria-labelledby=\"near\">\n<h2 id=\"near\">Near-duplicates</h2>\n");
        if (summary.groups().isEmpty()) {
            add("<p>No two pictures look alike.</p>\n</section>\n");
            return;
        }
        add(
                "<p class=\"quiet\">Pictures whose perceptual hashes differ in few of 64 bits.</p>\n<ul class=\"groups\">\n");
        for (int i = 0; i < summary.groups().size(); i++) {
            List<Album.Entry> group = summary.groups().get(i);
            Fingerprint first = group.get(0).report().fingerprint();
            add("<li id=\"g%d\"><h3>Group %d</h3><ul>\n", i + 1, i + 1);
            for (Album.Entry entry : group) {
                int bits = first.bits(entry.report().fingerprint());
                String distance = entry.number() == group.get(0).number()
                        ? "first"
                        : bits == 0 ? "same bits" : bits == 1 ? "1 bit differs" : bits + " bits differ";
                add(
                        "<li><figure>%s<figcaption><a class=\"name\" href=\"#p%d\">%s</a>"
                                + "<span class=\"facts\">%s</span></figcaption></figure></li>\n",
                        image(entry), entry.number(), Markup.escape(entry.name()), distance);
            }
            add("</ul></li>\n");
        }
        add("</ul>\n</section>\n");
    }

    private void failures() {
        List<Album.Failure> failures = summary.album().failures();
        if (failures.isEmpty()) {
            return;
        }
        boolean damaged = failures.stream().allMatch(Album.Failure::damaged);
        String heading = damaged ? "Damaged files" : "Damaged files and failures";
        add(
                "<section aria-labelledby=\"damaged\">\n<h2 id=\"damaged\">%s</h2>\n<div class=\"wide\"><table>\n",
                heading);
        add("<thead><tr><th scope=\"col\">File</th><th scope=\"col\">What is wrong</th></tr></thead>\n<tbody>\n");
        for (Album.Failure failure : failures) {
            add(
                    "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n",
                    Markup.escape(failure.name()), Markup.escape(failure.reason()));
        }
        add("</tbody>\n</table></div>\n</section>\n");
    }

    private void timeline() {
        add(
                "<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">Timeline</h2>\n<div class=\"wide timeline\" tabindex=\"0\">\n");
        if (timeline.length() <= LONGEST_INLINE) {
            html.append(timeline);
        } else {
            add("<img src=\"timeline.svg\" alt=\"Which runner did what, and when\">\n");
        }
        add("</div>\n</section>\n");
    }

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.0f kB", Math.max(1, bytes / 1e3))
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private void add(String format, Object... values) {
        html.append(String.format(Locale.ROOT, format, values));
    }
}
