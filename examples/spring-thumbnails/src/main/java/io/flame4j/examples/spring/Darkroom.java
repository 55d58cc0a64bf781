package io.flame4j.examples.spring;

import io.flame4j.examples.thumbnails.BadPictureException;
import io.flame4j.examples.thumbnails.Thumbnails;
import io.flame4j.spring.FlameCall;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** All that is heavy. Whoever calls these methods waits; the work is done by the bean of this name on a runner. */
@Service
class Darkroom {

    private static final Logger LOG = LoggerFactory.getLogger(Darkroom.class);

    private final Limits limits;

    Darkroom(Limits limits) {
        this.limits = limits;
    }

    /** A small copy of a picture. Making it twice does no harm, so another runner may try when one is lost. */
    @FlameCall(pool = "thumbs", retries = 1)
    Print picture(byte[] file) throws BadPictureException {
        return shrink(file, System.nanoTime());
    }

    /** A sample picture is drawn on the runner too. */
    @FlameCall(pool = "thumbs", retries = 1)
    Print sample(int number) throws BadPictureException, IOException {
        long start = System.nanoTime();
        return shrink(Thumbnails.sample(number).file(), start);
    }

    private Print shrink(byte[] file, long start) throws BadPictureException {
        Thumbnails.Thumbnail thumbnail = Thumbnails.of(file, limits.size(), limits.pixels());
        return logged(new Print(thumbnail.width(), thumbnail.height(), thumbnail.png(), millisSince(start)));
    }

    /** How many pages a PDF has. */
    @FlameCall(pool = "thumbs", retries = 1)
    int pages(byte[] pdf) throws IOException {
        return Pdf.pages(pdf);
    }

    /** A small picture of a page of a PDF; the first one is number 1. */
    @FlameCall(pool = "thumbs", retries = 1)
    Print page(byte[] pdf, int number) throws IOException {
        long start = System.nanoTime();
        Pdf.Page page = Pdf.render(pdf, number, limits.size());
        return logged(new Print(page.width(), page.height(), page.png(), millisSince(start)));
    }

    /** Written on the runner and logged by the parent, with the request that it was for. */
    private static Print logged(Print print) {
        LOG.info("{} x {} in {} ms", print.width(), print.height(), print.millis());
        return print;
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
