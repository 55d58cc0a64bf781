package io.flame4j.examples.kubernetes;

import io.flame4j.examples.thumbnails.BadPictureException;
import io.flame4j.examples.thumbnails.Thumbnails;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;

/** What runs on the runners. */
final class PictureTasks {

    private PictureTasks() {}

    /**
     * A picture, and where it was made.
     *
     * @param name its file name
     * @param bytes the file
     * @param place where
     * @param took how long the work took there
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Made(String name, byte[] bytes, Place place, Duration took) implements Serializable {

        private static final long serialVersionUID = 1L;
    }

    static Made thumbnail(byte[] picture, int size) throws BadPictureException {
        long start = System.nanoTime();
        Thumbnails.Thumbnail thumbnail = Thumbnails.of(picture, size);
        String name = "thumbnail-" + thumbnail.width() + "x" + thumbnail.height() + ".png";
        return made(name, thumbnail.png(), start);
    }

    static Made sample(int number) throws IOException {
        long start = System.nanoTime();
        Thumbnails.Sample sample = Thumbnails.sample(number);
        return made(sample.name(), sample.file(), start);
    }

    private static Made made(String name, byte[] bytes, long start) {
        return new Made(name, bytes, Place.here(), Duration.ofNanos(System.nanoTime() - start));
    }
}
