package io.flame4j.examples.thumbnails;

import io.flame4j.MapResult;
import io.flame4j.PoolClosedException;
import io.flame4j.RunnerBootException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is found out about the pictures, as it comes in. Used by one thread. */
final class Album {

    /**
     * A picture that was examined.
     *
     * @param number its place in the list of files, from 1
     * @param name what to call it
     * @param file how the contact sheet refers to the picture
     * @param thumbnail how it refers to the thumbnail
     * @param report what a runner found out, less the bytes of the thumbnail
     */
    record Entry(int number, String name, String file, String thumbnail, PictureReport report) {}

    /**
     * A picture that was not examined.
     *
     * @param number its place in the list of files, from 1
     * @param name what to call it
     * @param reason why not
     * @param damaged whether the file is to blame; otherwise the pool is
     */
    record Failure(int number, String name, String reason, boolean damaged) {}

    private final List<Entry> entries = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<Timeline.Call> calls = new ArrayList<>();
    private final List<Duration> overheads = new ArrayList<>();
    private Duration examining = Duration.ZERO;

    /** Notes that a sample was rendered. */
    void rendered(SampleRenderer.Sample sample) {
        calls.add(new Timeline.Call(sample.name(), Timeline.Kind.SAMPLE, sample.work()));
    }

    /** Notes a picture that did not get as far as a runner. */
    void add(Failure failure) {
        failures.add(failure);
    }

    /**
     * Notes what became of a picture, and writes its thumbnail.
     *
     * @throws RuntimeException when the pool is at its end and the other pictures will fare no better
     */
    void add(MapResult<PictureSource, PictureReport> result, Path file, Output output) {
        PictureSource source = result.input();
        Duration took = Duration.ofNanos(System.nanoTime() - source.sentAt());
        PictureReport report = result.value();
        Throwable failure = result.failure();
        if (report != null) {
            call(source.name(), Timeline.Kind.PICTURE, report.work(), took);
            String thumbnail = output.write(source.number(), report.thumbnail());
            entries.add(new Entry(
                    source.number(), source.name(), output.reference(file), thumbnail, report.withoutBytes()));
        } else if (failure instanceof BadPictureException bad) {
            // The task threw this in another JVM, and here it is: same type, same fields.
            call(source.name(), Timeline.Kind.DAMAGED, bad.work(), took);
            failures.add(new Failure(source.number(), source.name(), String.valueOf(bad.getMessage()), true));
        } else if (failure instanceof RunnerBootException || failure instanceof PoolClosedException) {
            throw (RuntimeException) failure;
        } else {
            failures.add(new Failure(source.number(), source.name(), String.valueOf(failure), false));
        }
    }

    private void call(String name, Timeline.Kind kind, Work work, Duration took) {
        calls.add(new Timeline.Call(name, kind, work));
        overheads.add(took.minus(work.duration()));
    }

    /** Notes how long it took to examine all pictures. */
    void examinedIn(Duration time) {
        examining = time;
    }

    /** The pictures that were examined, in the order of the files. */
    List<Entry> entries() {
        return entries.stream().sorted(Comparator.comparingInt(Entry::number)).toList();
    }

    /** The pictures that were not, in the order of the files. */
    List<Failure> failures() {
        return failures.stream()
                .sorted(Comparator.comparingInt(Failure::number))
                .toList();
    }

    List<Timeline.Call> calls() {
        return List.copyOf(calls);
    }

    List<List<Entry>> nearDuplicates() {
        return NearDuplicates.groups(entries(), entry -> entry.report().fingerprint());
    }

    Duration examining() {
        return examining;
    }

    double picturesPerSecond() {
        return examining.isZero() ? 0 : entries.size() / (examining.toNanos() / 1e9);
    }

    /** What a call took beyond the task itself: the way there and back, and waiting for a runner. */
    Duration medianOverhead() {
        return median(overheads);
    }

    /** What the tasks themselves took. */
    Duration medianWork() {
        return median(calls.stream()
                .filter(call -> call.kind() != Timeline.Kind.SAMPLE)
                .map(call -> call.work().duration())
                .toList());
    }

    static Duration median(List<Duration> durations) {
        List<Duration> sorted = durations.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return Duration.ZERO;
        }
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(half)
                : sorted.get(half - 1).plus(sorted.get(half)).dividedBy(2);
    }
}
