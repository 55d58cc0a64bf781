package io.flame4j.examples.thumbnails;

import io.flame4j.FlameException;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The demo program: arguments, exit codes and what is printed. The work itself is in {@link ThumbnailJob}. */
public final class Main {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int MISUSED = 2;

    private static final String USAGE = """
            Usage: ./demo [--dashboard] [DIR]

            Makes a contact sheet of the PNG, JPEG, GIF and BMP pictures in DIR and in the folders in it. The work is
            done on runner JVMs that flame4j starts as they are needed and stops when they are idle. Without DIR it
            renders some sample pictures first, on the runners, too.

            --dashboard serves a live page that shows the runners at work, and prints its address. On a terminal it waits
            until you look, and stays until you press Enter.

            Writes out/index.html, out/timeline.svg, out/thumbs/ and, without DIR, out/samples/.

            Exit codes: 0 done (damaged pictures are listed), 1 some pictures could not be worked on,
            2 wrong arguments, or no pictures in DIR.
            """;

    private final Output output;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final ProgressLine.Style style;
    private final Function<PoolListener, FlamePool> pools;

    Main(
            Output output,
            InputStream in,
            PrintStream out,
            PrintStream err,
            ProgressLine.Style style,
            Function<PoolListener, FlamePool> pools) {
        this.output = output;
        this.in = in;
        this.out = out;
        this.err = err;
        this.style = style;
        this.pools = pools;
    }

    /**
     * Runs the program.
     *
     * @param args options, and a folder or none
     */
    public static void main(String[] args) {
        ProgressLine.Style style = ProgressLine.Style.of(System.console(), System.getenv());
        Main main =
                new Main(new Output(Path.of("out")), System.in, System.out, System.err, style, ThumbnailJob::openPool);
        System.exit(main.run(args));
    }

    /** Runs the program and returns its exit code. */
    int run(String... args) {
        List<String> rest = new ArrayList<>(List.of(args));
        if (rest.equals(List.of("--help")) || rest.equals(List.of("-h"))) {
            out.print(USAGE);
            return OK;
        }
        boolean live = rest.remove("--dashboard");
        Optional<String> unknown =
                rest.stream().filter(arg -> arg.startsWith("-")).findFirst();
        if (unknown.isPresent() || rest.size() > 1) {
            err.println("demo: " + unknown.map(arg -> "unknown option " + arg).orElse("one DIR at most"));
            err.print(USAGE);
            return MISUSED;
        }
        try {
            PictureFinder.Found found = rest.isEmpty() ? null : PictureFinder.find(Path.of(rest.get(0)), output);
            return live ? makeContactSheetOnAPage(found) : makeContactSheet(found);
        } catch (PictureFinder.NoPicturesException e) {
            err.println("demo: " + e.getMessage());
            return MISUSED;
        } catch (InvalidPathException e) {
            err.println("demo: not a path: " + e.getMessage());
            return MISUSED;
        } catch (IOException | UncheckedIOException | FlameException e) {
            err.println();
            err.println("demo: " + e);
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private int makeContactSheetOnAPage(PictureFinder.@Nullable Found found) throws IOException, InterruptedException {
        try (LivePage page = LivePage.open(out, in, style != ProgressLine.Style.PLAIN)) {
            int code = makeContactSheet(found);
            page.stay();
            return code;
        }
    }

    private int makeContactSheet(PictureFinder.@Nullable Found found) throws IOException, InterruptedException {
        out.println((found == null ? "Rendering makes sample pictures. " : "")
                + "Examining makes thumbnails and compares pictures. Each picture is a call to a runner JVM.");
        Instant beginning = Instant.now();
        ProgressLine progress = new ProgressLine(out, style, System::nanoTime);
        RunnerLog runners = new RunnerLog(InstantSource.system(), progress);
        Album album;
        try (FlamePool pool = pools.apply(runners)) {
            album = new ThumbnailJob(output, progress, runners).run(pool, found);
        }
        Summary summary = Summary.of(album, runners);
        String timeline = TimelineSvg.render(Timeline.of(beginning, runners.lives(), album.calls()));
        String title = found == null
                ? "Sample pictures"
                : String.valueOf(found.folder().getFileName());
        output.write(summary, title, timeline);
        summary.lines(output).forEach(out::println);
        List<Album.Failure> failures = album.failures();
        return failures.stream().allMatch(Album.Failure::damaged) ? OK : FAILED;
    }
}
