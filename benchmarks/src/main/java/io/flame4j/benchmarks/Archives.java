package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Contender.Session;
import io.flame4j.benchmarks.limit.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The archives of classes from which runners start: made before anything is measured, in a folder of this run, as they would be
 * there on a machine where runners have been started before. Else they would be made beside the first measures.
 */
final class Archives implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long LOOK_MILLIS = 50;

    private final Path folder;

    private Archives(Path folder) {
        this.folder = folder;
    }

    static Archives inNewFolder() throws IOException {
        return new Archives(Files.createTempDirectory("flame4j-bench"));
    }

    Path folder() {
        return folder;
    }

    /** Has those made that these contenders need; none can be made where the class path has folders. */
    void make(Bench bench) throws Exception {
        if (Files.isDirectory(Location.of(Archives.class))) {
            return;
        }
        for (Contender contender : bench.contenders()) {
            if (contender instanceof FlameContender) {
                bench.progress(() -> "an archive of classes for " + contender.label());
                int before = files().size();
                try (Session session = contender.open(1)) {
                    session.noOp().run();
                    await(bench, contender, before);
                }
            }
        }
    }

    private void await(Bench bench, Contender contender, int before) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (files().size() <= before) {
            if (System.nanoTime() > end) {
                bench.progress(() -> "there is none for " + contender.label() + ": its starts are measured without");
                return;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** What is there for good. */
    private List<Path> files() {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().matches(".*\\.(jsa|aot)")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
