package io.flame4j.examples.thumbnails;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A picture on its way to a runner. It carries the bytes and not the path: a runner may be on another machine.
 *
 * @param number its place in the list, from 1
 * @param name what to call it
 * @param bytes the file
 * @param sentAt the parent's {@link System#nanoTime()} when it was handed to the pool
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record PictureSource(int number, String name, byte[] bytes, long sentAt) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What is larger is hardly a picture. */
    private static final long LARGEST_FILE = 256L << 20;

    /**
     * Reads files one by one, as whoever reads the stream asks for them: never more are in memory than are worked on.
     *
     * @param unreadable receives those that cannot be read, on the thread that reads
     */
    static Stream<PictureSource> read(PictureFinder.Found found, Consumer<Album.Failure> unreadable) {
        return IntStream.rangeClosed(1, found.files().size()).boxed().flatMap(number -> {
            Path file = found.file(number);
            String name = found.name(number);
            try {
                return Stream.of(new PictureSource(number, name, bytes(file), System.nanoTime()));
            } catch (IOException e) {
                String reason = e instanceof NoSuchFileException ? "gone" : String.valueOf(e.getMessage());
                unreadable.accept(new Album.Failure(number, name, "cannot be read: " + reason, true));
                return Stream.empty();
            }
        });
    }

    private static byte[] bytes(Path file) throws IOException {
        long size = Files.size(file);
        if (size > LARGEST_FILE) {
            throw new IOException("of " + (size >> 20) + " MiB, " + (LARGEST_FILE >> 20) + " are the most");
        }
        return Files.readAllBytes(file);
    }
}
