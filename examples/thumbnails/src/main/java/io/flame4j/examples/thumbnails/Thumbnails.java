package io.flame4j.examples.thumbnails;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;

/** What other programs may use of this one. Everything runs where it is called: in {@code pool.call}, on a runner. */
public final class Thumbnails {

    /** The longer side of a thumbnail, unless the caller says otherwise. */
    public static final int DEFAULT_SIZE = Pictures.THUMBNAIL_SIZE;

    /** How many sample pictures there are; they are numbered from 1. The last two are damaged on purpose. */
    public static final int SAMPLES = SampleRenderer.FILES;

    private Thumbnails() {}

    /**
     * A small copy of a picture.
     *
     * @param width in pixels
     * @param height in pixels
     * @param png the file
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Thumbnail(int width, int height, byte[] png) implements Serializable {

        private static final long serialVersionUID = 1L;
    }

    /**
     * A sample picture.
     *
     * @param name its file name, whose extension says the format
     * @param file the file
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Sample(String name, byte[] file) implements Serializable {

        private static final long serialVersionUID = 1L;
    }

    /**
     * Makes a thumbnail, turned as the camera noted.
     *
     * @param file a PNG, JPEG, GIF or BMP file
     * @param longest the longer side of the thumbnail in pixels; a smaller picture keeps its size
     * @return the thumbnail
     * @throws BadPictureException when the file is not a picture, is damaged, or is too large
     */
    public static Thumbnail of(byte[] file, int longest) throws BadPictureException {
        return of(file, longest, Images.MOST_PIXELS);
    }

    /**
     * Makes a thumbnail as {@link #of(byte[], int)} does, with a bound of the caller's own on what a file may claim to be.
     *
     * @param file a PNG, JPEG, GIF or BMP file
     * @param longest the longer side of the thumbnail in pixels; a smaller picture keeps its size
     * @param mostPixels pixels of the largest picture that is read; memory for them is needed at once in some formats
     * @return the thumbnail
     * @throws BadPictureException when the file is not a picture, is damaged, or is too large
     */
    public static Thumbnail of(byte[] file, int longest, long mostPixels) throws BadPictureException {
        Instant start = Instant.now();
        try {
            BufferedImage small = Pictures.shrink(Images.read(file, mostPixels), longest);
            return new Thumbnail(small.getWidth(), small.getHeight(), Images.encode(small, "png"));
        } catch (IOException | RuntimeException e) {
            throw Pictures.bad(e, start);
        }
    }

    /**
     * Renders a sample picture; each number has its picture, always the same.
     *
     * @param number 1 to {@link #SAMPLES}
     * @return the picture
     * @throws IOException when it cannot be encoded
     */
    public static Sample sample(int number) throws IOException {
        SampleRenderer.Sample sample = SampleRenderer.render(number - 1);
        return new Sample(sample.name(), sample.bytes());
    }
}
