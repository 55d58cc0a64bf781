package io.flame4j.examples.thumbnails;

import java.io.Serializable;
import java.util.List;

/**
 * What a runner found out about a picture.
 *
 * @param file what the file is
 * @param thumbnail a small copy
 * @param colours its dominant colours, the most frequent first
 * @param fingerprint what it looks like, for finding near-duplicates
 * @param work where and when this was found out
 */
record PictureReport(FileFacts file, Thumbnail thumbnail, List<Swatch> colours, Fingerprint fingerprint, Work work)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The same without the bytes of the thumbnail, for keeping thousands of them. */
    PictureReport withoutBytes() {
        Thumbnail empty = new Thumbnail(thumbnail.width, thumbnail.height, thumbnail.extension, new byte[0]);
        return new PictureReport(file, empty, colours, fingerprint, work);
    }

    /**
     * What a file is.
     *
     * @param format the format as the content tells, e.g. {@code JPEG}
     * @param width of the picture as it is to be looked at, in pixels
     * @param height likewise
     * @param size in bytes
     */
    record FileFacts(String format, int width, int height, long size) implements Serializable {

        private static final long serialVersionUID = 1L;
    }

    /**
     * A small copy of a picture.
     *
     * @param width in pixels
     * @param height in pixels
     * @param extension of its file name: {@code jpg}, or {@code png} when it is transparent somewhere
     * @param bytes the file
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Thumbnail(int width, int height, String extension, byte[] bytes) implements Serializable {

        private static final long serialVersionUID = 1L;
    }
}
