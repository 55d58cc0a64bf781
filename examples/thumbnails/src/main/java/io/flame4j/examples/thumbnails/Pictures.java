package io.flame4j.examples.thumbnails;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;

/** What is done with each picture. Runs on the runners. */
final class Pictures {

    /** The longer side of a thumbnail. */
    static final int THUMBNAIL_SIZE = 256;

    private static final int COLOURS = 5;

    private Pictures() {}

    /**
     * Makes the thumbnail and finds the colours and the fingerprint.
     *
     * @throws BadPictureException when the picture cannot be read
     */
    static PictureReport examine(PictureSource source) throws BadPictureException {
        Instant start = Instant.now();
        try {
            Images.Picture picture = Images.read(source.bytes());
            BufferedImage small = shrink(picture, THUMBNAIL_SIZE);
            boolean turned = picture.orientation().swapsSides();
            PictureReport.FileFacts file = new PictureReport.FileFacts(
                    picture.format(),
                    turned ? picture.height() : picture.width(),
                    turned ? picture.width() : picture.height(),
                    source.bytes().length);
            return new PictureReport(
                    file,
                    Images.thumbnail(small),
                    Palette.of(small, COLOURS),
                    Fingerprint.of(small),
                    Work.since(start));
        } catch (IOException | RuntimeException e) {
            throw bad(e, start);
        }
    }

    /** A small copy, the right way up. */
    static BufferedImage shrink(Images.Picture picture, int longest) {
        return picture.orientation().apply(Images.fit(picture.image(), longest));
    }

    /** The decoders of the JDK meet damaged files with almost any exception, IndexOutOfBounds included. */
    static BadPictureException bad(Exception failure, Instant start) {
        return new BadPictureException(reason(failure), Work.since(start), failure);
    }

    private static String reason(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException) {
                return "cut off: the data ends too soon";
            }
        }
        String message = failure.getMessage();
        return message != null && failure instanceof IOException
                ? message
                : "damaged: " + failure.getClass().getSimpleName();
    }
}
