package io.flame4j.examples.kubernetes;

import io.flame4j.PoolStats;
import io.flame4j.examples.kubernetes.PictureTasks.Made;
import java.util.List;
import java.util.Locale;

/** The front page. */
final class Page {

    private final StringBuilder html = new StringBuilder();

    private Page() {}

    /** The page as HTML. */
    static String of(PoolStats stats, int made, List<Gallery.Entry> latest) {
        Page page = new Page();
        page.add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.add("<title>Thumbnails on runners</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n");
        page.add("<script src=\"/app.js\" defer></script>\n</head>\n<body>\n<h1>Thumbnails on runners</h1>\n");
        page.add("<p><button type=\"button\" id=\"samples\">Make 12 thumbnails</button>\n");
        page.add("<label>or one of a picture of yours: <input type=\"file\" id=\"file\" accept=\"image/*\"></label>\n");
        page.add("<span id=\"state\" role=\"status\"></span></p>\n");
        page.pool(stats, made);
        page.pictures(latest);
        page.add("</body>\n</html>\n");
        return page.html.toString();
    }

    private void pool(PoolStats stats, int made) {
        add("<h2>Runners</h2>\n");
        add(
                "<p>%d ready, %d booting, %d stopping, %d at most. %d calls wait. %d pictures made.</p>\n",
                stats.ready(), stats.booting(), stats.draining(), stats.max(), stats.queued(), made);
        if (!stats.runners().isEmpty()) {
            add("<table>\n<tr><th>Runner</th><th>State</th><th>Calls now</th><th>Calls so far</th><th>Age</th></tr>\n");
            for (PoolStats.RunnerStats runner : stats.runners()) {
                add(
                        "<tr><td>%s</td><td>%s</td><td>%d</td><td>%d</td><td>%d s</td></tr>\n",
                        escape(runner.id()),
                        runner.state().name().toLowerCase(Locale.ROOT),
                        runner.busySlots(),
                        runner.served(),
                        runner.age().toSeconds());
            }
            add("</table>\n");
        }
    }

    private void pictures(List<Gallery.Entry> latest) {
        add("<h2>Pictures</h2>\n");
        if (latest.isEmpty()) {
            add("<p>None yet.</p>\n");
        }
        add("<ul>\n");
        for (Gallery.Entry entry : latest) {
            Made made = entry.made();
            String name = escape(made.name());
            add("<li><a href=\"/pictures/%d\"><img src=\"/pictures/%1$d\" alt=\"%s\"></a>", entry.number(), name);
            add(
                    "<span>%s</span><span>made by %s</span>",
                    name, escape(made.place().runner()));
            add("<span>in %s</span>", escape(made.place().host()));
            add("<span>in %d ms</span></li>\n", made.took().toMillis());
        }
        add("</ul>\n");
    }

    private void add(String format, Object... values) {
        html.append(String.format(Locale.ROOT, format, values));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
