package io.flame4j.examples.thumbnails;

import io.flame4j.dashboard.FlameDashboard;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * The live page of flame4j, to watch the demo on. Where somebody sits at a terminal, the demo waits until the page is looked at,
 * since it is over in seconds, and the page stays until Enter; anywhere else it is there for the run and no longer.
 */
final class LivePage implements AutoCloseable {

    private static final long LOOK_AGAIN_MILLIS = 100;

    private final FlameDashboard dashboard = FlameDashboard.start();
    private final PrintStream out;
    private final InputStream in;
    private final boolean interactive;

    private LivePage(PrintStream out, InputStream in, boolean interactive) {
        this.out = out;
        this.in = in;
        this.interactive = interactive;
    }

    /** Opens it, says where it is, and waits for somebody to look if there is somebody. */
    static LivePage open(PrintStream out, InputStream in, boolean interactive)
            throws IOException, InterruptedException {
        LivePage page = new LivePage(out, in, interactive);
        out.println("Watch it live: " + page.dashboard.uri());
        if (interactive) {
            out.println("It begins when you open the page, or press Enter.");
            page.awaitViewerOrEnter();
        }
        return page;
    }

    /** Leaves the page open until Enter, or the end of what can be typed, if there is somebody to press it. */
    void stay() throws IOException {
        if (interactive) {
            out.println("The page stays open: " + dashboard.uri() + " Press Enter to end it.");
            int read = in.read();
            while (read >= 0 && read != '\n') {
                read = in.read();
            }
        }
    }

    private void awaitViewerOrEnter() throws IOException, InterruptedException {
        while (dashboard.viewers() == 0) {
            if (in.available() > 0) {
                in.skipNBytes(in.available());
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    @Override
    public void close() {
        dashboard.close();
    }
}
