package io.flame4j.examples.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of one upload, as they become thumbnails. Every change has a number, and every picture remembers that of its
 * last one: whoever knows the number of the last change that he saw gets what has changed since, however long ago it was.
 * Thread-safe.
 */
final class Album {

    private final String id = UUID.randomUUID().toString();
    private final List<Picture> pictures = new ArrayList<>();
    private final List<Long> lastChanges = new ArrayList<>();
    private final List<@Nullable Print> prints = new ArrayList<>();
    private long changes;
    private boolean closed;

    /**
     * What has changed.
     *
     * @param last the number of the last change
     * @param pictures as they are now
     * @param end whether nothing will change any more
     */
    record News(long last, List<Picture> pictures, End end) {}

    /** Whether more is to come. */
    enum End {
        NOT_YET,
        /** All pictures are done or have failed. */
        FINISHED,
        /** The application ends. */
        CLOSED
    }

    /** Nobody guesses it: who knows it may see the pictures. */
    String id() {
        return id;
    }

    /** Adds a picture that waits; its number is returned. */
    synchronized int add(int file, String name) {
        int number = pictures.size();
        pictures.add(Picture.waiting(number, file, name));
        prints.add(null);
        lastChanges.add(++changes);
        notifyAll();
        return number;
    }

    synchronized void change(int number, UnaryOperator<Picture> how) {
        pictures.set(number, how.apply(pictures.get(number)));
        lastChanges.set(number, ++changes);
        notifyAll();
    }

    synchronized void done(int number, Print print) {
        prints.set(number, print);
        change(number, picture -> picture.done(print));
    }

    /** Says that the application ends: nobody needs to wait for changes any more. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /**
     * Makes the picture of a PDF that of its first page, and adds the others.
     *
     * @param most how many pictures the album may have then
     * @return the numbers of the pages; null when they are too many
     */
    synchronized @Nullable List<Integer> addPages(int number, int pages, int most) {
        Picture pdf = pictures.get(number);
        if (pictures.size() - 1L + pages > most) {
            return null;
        }
        change(number, picture -> picture.named(pdf.name() + ", page 1"));
        List<Integer> numbers = new ArrayList<>(List.of(number));
        for (int page = 2; page <= pages; page++) {
            numbers.add(add(pdf.file(), pdf.name() + ", page " + page));
        }
        return numbers;
    }

    synchronized int size() {
        return pictures.size();
    }

    synchronized boolean isFinished() {
        return pictures.stream()
                .allMatch(picture -> picture.state() == Picture.State.DONE || picture.state() == Picture.State.FAILED);
    }

    private End end() {
        return isFinished() ? End.FINISHED : closed ? End.CLOSED : End.NOT_YET;
    }

    synchronized Optional<Print> print(int number) {
        return number >= 0 && number < prints.size() ? Optional.ofNullable(prints.get(number)) : Optional.empty();
    }

    /** What has changed since, without waiting. */
    synchronized News since(long last) {
        List<Picture> changed = IntStream.range(0, pictures.size())
                .filter(number -> lastChanges.get(number) > last)
                .mapToObj(pictures::get)
                .toList();
        return new News(changes, changed, end());
    }

    /** What has changed since; waits for a change, but not for longer than that. */
    synchronized News await(long last, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (changes <= last && end() == End.NOT_YET && left > 0) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        return since(last);
    }
}
