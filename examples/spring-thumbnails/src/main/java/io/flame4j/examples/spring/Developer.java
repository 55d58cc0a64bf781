package io.flame4j.examples.spring;

import io.flame4j.FlameException;
import io.flame4j.examples.thumbnails.BadPictureException;
import io.flame4j.spring.ConditionalOnFlameParent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Has the darkroom develop pictures: as many at a time as runners can work on. The others wait as what they are, since a call
 * on its way holds its file a second time.
 */
@Component
@ConditionalOnFlameParent
class Developer {

    private static final Logger LOG = LoggerFactory.getLogger(Developer.class);

    private final Darkroom darkroom;
    private final RunnerWatch runners;
    private final Limits limits;
    private final ExecutorService callers;

    Developer(
            Darkroom darkroom,
            RunnerWatch runners,
            Limits limits,
            @Value("${flame4j.pools.thumbs.max}") int maxRunners,
            @Value("${flame4j.pools.thumbs.max-concurrency}") int maxConcurrency) {
        this.darkroom = darkroom;
        this.runners = runners;
        this.limits = limits;
        this.callers = Executors.newFixedThreadPool(maxRunners * maxConcurrency);
    }

    /** Develops a file, a picture of the album already, when it is its turn. */
    void develop(Album album, int number, byte[] file) {
        if (Pdf.isPdf(file)) {
            submit(album, number, () -> developPdf(album, number, file));
        } else {
            submit(album, number, () -> album.done(number, on(album, number, () -> darkroom.picture(file))));
        }
    }

    /** Develops a sample picture. */
    void developSample(Album album, int number, int sample) {
        submit(album, number, () -> album.done(number, on(album, number, () -> darkroom.sample(sample))));
    }

    private void developPdf(Album album, int number, byte[] pdf) throws Exception {
        int pages = on(album, number, () -> darkroom.pages(pdf));
        // As the file says it, which may say anything.
        if (pages < 1) {
            throw new IOException(
                    "a PDF without pages, or a damaged one: there is nothing to show. Save it anew with another program");
        }
        List<Integer> numbers = album.addPages(number, pages, limits.pictures());
        if (numbers == null) {
            throw new IOException("%d pages, and an album holds %d pictures: split the PDF, or upload it alone"
                    .formatted(pages, limits.pictures()));
        }
        for (int i = 0; i < pages; i++) {
            int picture = numbers.get(i);
            int page = i + 1;
            submit(album, picture, () -> album.done(picture, on(album, picture, () -> darkroom.page(pdf, page))));
        }
    }

    /** Makes a call, and notes which runner has taken it. */
    private <T> T on(Album album, int number, Callable<T> call) throws Exception {
        return runners.call(call, runner -> album.change(number, picture -> picture.workedOnBy(runner)));
    }

    private void submit(Album album, int number, Work work) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        callers.execute(() -> {
            MDC.setContextMap(context == null ? Map.of() : context);
            String problem = attempt(work);
            if (problem != null) {
                album.change(number, picture -> picture.failed(problem));
            }
        });
    }

    private @Nullable String attempt(Work work) {
        try {
            work.run();
            return null;
        } catch (BadPictureException e) {
            return e.getMessage() + ". What can be read: PNG, JPEG, GIF and BMP, of up to "
                    + limits.pixels() / 1_000_000 + " million pixels, and PDF";
        } catch (IOException e) {
            return e.getMessage();
        } catch (FlameException e) {
            // No runner could be had, it took too long, or its runner was lost. Another try may fare better.
            if (!callers.isShutdown()) {
                LOG.warn("A picture was not made: {}", e.getMessage());
            }
            return "not made: " + e.getMessage();
        } catch (OutOfMemoryError e) {
            // The runner's, which gets no more calls; this JVM is well.
            LOG.warn("A picture was not made: on its runner, {}", e.toString());
            return "not made: it takes more memory than a runner has. Make it smaller";
        } catch (Throwable e) {
            // Whatever it is, the album must end: nobody evicts one that does not. Most errors are a runner's own.
            LOG.error("A picture was not made", e);
            return "not made: the log of the application says why";
        }
    }

    /** Ends what is going on; what waits is not begun. */
    void stop() {
        callers.shutdownNow();
    }

    /** What may fail. */
    private interface Work {
        void run() throws Exception;
    }
}
