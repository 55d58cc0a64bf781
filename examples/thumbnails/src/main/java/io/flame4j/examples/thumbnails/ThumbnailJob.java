package io.flame4j.examples.thumbnails;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.MapOptions;
import io.flame4j.MapResult;
import io.flame4j.PoolListener;
import io.flame4j.examples.thumbnails.SampleRenderer.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The part of the demo that has to do with flame4j: a pool, and the work that is done on it. */
final class ThumbnailJob {

    /** Doing it twice does no harm: when the runner of a picture is lost, another one may try. */
    private static final MapOptions TWICE =
            MapOptions.defaults().call(CallOptions.defaults().retries(1));

    private final Output output;
    private final ProgressLine progress;
    private final RunnerLog runners;
    private final Album album = new Album();

    ThumbnailJob(Output output, ProgressLine progress, RunnerLog runners) {
        this.output = output;
        this.progress = progress;
        this.runners = runners;
    }

    /** A pool of JVMs on this machine: none at first, one for each core under load, none again after a second. */
    static FlamePool openPool(PoolListener listener) {
        return FlamePool.builder("thumbnails")
                .min(0)
                .max(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .maxConcurrency(1)
                .idleShutdownAfter(Duration.ofSeconds(1))
                .listener(listener)
                .build();
    }

    /**
     * Does everything there is to do on the pool, and returns when its runners are gone.
     *
     * @param found the pictures, or null to render some first
     */
    Album run(FlamePool pool, PictureFinder.@Nullable Found found) throws IOException, InterruptedException {
        examine(pool, found == null ? renderSamples(pool) : found);
        progress.begin("Done; idle runners stop by themselves:", 0);
        runners.awaitNone(Duration.ofSeconds(15));
        progress.end();
        return album;
    }

    private PictureFinder.Found renderSamples(FlamePool pool) throws IOException {
        output.prepareSamples();
        progress.begin("Rendering", SampleRenderer.FILES);
        Stream<Integer> indices = IntStream.range(0, SampleRenderer.FILES).boxed();
        List<Path> files = new ArrayList<>();
        try (Stream<MapResult<Integer, Sample>> results = pool.mapStream(indices, SampleRenderer::render, TWICE)) {
            results.forEach(result -> {
                Sample sample = valueOf(result);
                files.add(output.write(sample));
                album.rendered(sample);
                progress.step();
            });
        }
        progress.end();
        files.sort(null);
        return new PictureFinder.Found(output.samples(), files);
    }

    private void examine(FlamePool pool, PictureFinder.Found found) throws IOException {
        output.prepareThumbnails();
        progress.begin("Examining", found.files().size());
        long start = System.nanoTime();
        Queue<Album.Failure> unreadable = new ConcurrentLinkedQueue<>();
        Stream<PictureSource> pictures = PictureSource.read(found, unreadable::add);
        try (Stream<MapResult<PictureSource, PictureReport>> results =
                pool.mapStream(pictures, Pictures::examine, TWICE)) {
            results.forEach(result -> {
                album.add(result, found.file(result.input().number()), output);
                progress.step();
            });
        }
        unreadable.forEach(album::add);
        album.examinedIn(Duration.ofNanos(System.nanoTime() - start));
        progress.end();
    }

    /** Of work that cannot fail but by a fault of this program. */
    private static <O> O valueOf(MapResult<?, O> result) {
        if (result.failure() instanceof RuntimeException failure) {
            throw failure;
        }
        if (result.failure() != null) {
            throw new IllegalStateException(result.failure());
        }
        return Objects.requireNonNull(result.value());
    }
}
