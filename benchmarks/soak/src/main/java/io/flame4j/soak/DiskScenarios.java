package io.flame4j.soak;

import io.flame4j.FlamePool;
import io.flame4j.backend.ProcessBackend;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** What happens to the files of a runner: no room for new ones, and code that goes away under it. */
final class DiskScenarios {

    private DiskScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("disk-full", "disk full in the runner's temp directory", null, DiskScenarios::full),
                new Scenario("classes-gone", "class path damaged under the runner", null, DiskScenarios::classesGone));
    }

    /** Never loaded before it is removed. */
    static final class Victim {
        private Victim() {}

        static long number(long number) {
            return number;
        }
    }

    /** Fills the temp directory of this runner; never returns a value. */
    static long fill(String directory, long number) throws IOException {
        Jobs.note(directory, number);
        Path file = Files.createTempFile("soak", ".fill");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < 1_000; i++) {
                out.write(block);
            }
        }
        return number;
    }

    private static void full(Stage stage) throws IOException {
        Path temp = Files.createDirectory(stage.directory().resolve("tmp"));
        boolean mounted = Processes.run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", temp.toString()) == 0;
        if (mounted) {
            stage.cleanUp(() -> Processes.run("umount", "-l", temp.toString()));
        }
        FlamePool pool = stage.start(stage.pool(ProcessBackend.builder()
                        .heap("64m")
                        .jvmOptions("-Djava.io.tmpdir=" + temp)
                        .build())
                .max(2)
                .maxConcurrency(2)
                .heartbeat(Stage.UNHURRIED));
        long pid = stage.runner(pool);
        if (!mounted) {
            // Without the right to mount: no file of the runner may become longer than this.
            int limited = Processes.run("prlimit", "--pid", Long.toString(pid), "--fsize=262144");
            stage.expect(limited == 0, "this machine lets nobody limit a disk: neither mount nor prlimit works");
        }
        long number = Calls.number();
        stage.calls().begin(number, "call that fills the disk", Stage.DEADLINE, 1);
        String where = stage.directory().toString();
        Throwable failure = stage.failureOf(pool.callAsync(() -> fill(where, number)));
        stage.injected(1);
        stage.expect(failure instanceof IOException, "the caller was told something else: " + failure);
        stage.calls().expectedFailure(number);
        stage.expect(stage.runner(pool) == pid, "a full disk has cost the runner");
        // The second runner boots on the full disk.
        stage.expectServes(pool, 4);
        stage.expect(stage.losses().isEmpty(), "a full disk has cost a runner");
    }

    private static void classesGone(Stage stage) throws IOException {
        Path own = codeOf(DiskScenarios.class);
        stage.expect(Files.isDirectory(own), "the soak runs from a folder of classes, and not from " + own);
        Path copy = stage.directory().resolve("classes");
        copy(own, copy);
        List<Path> classPath = new ArrayList<>(List.of(copy));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Path.of(entry).toAbsolutePath().normalize().equals(own)) {
                classPath.add(Path.of(entry));
            }
        }
        FlamePool pool = stage.start(stage.pool(ProcessBackend.builder()
                        .heap("64m")
                        .classPath(classPath)
                        .build())
                .max(1)
                .maxConcurrency(2)
                .heartbeat(Stage.UNHURRIED));
        long pid = stage.runner(pool);
        stage.expectServes(pool, 2);
        Files.delete(copy.resolve(Victim.class.getName().replace('.', '/') + ".class"));
        stage.injected(1);
        long number = Calls.number();
        stage.calls().begin(number, "call without its class", Stage.DEADLINE, 1);
        String where = stage.directory().toString();
        CompletableFuture<Long> call = pool.callAsync(() -> {
            Jobs.note(where, number);
            return Victim.number(number);
        });
        Throwable failure = stage.failureOf(call);
        stage.calls().expectedFailure(number);
        stage.expect(
                failure.toString().contains(Victim.class.getSimpleName()),
                "the missing class is not named: " + failure);
        // What is loaded goes on.
        stage.expectServes(pool, 2);
        stage.expect(stage.runner(pool) == pid && stage.losses().isEmpty(), "a missing class has cost the runner");
        Stage.delete(copy);
        stage.expectServes(pool, 2);
    }

    private static Path codeOf(Class<?> type) {
        return Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toAbsolutePath()
                .normalize();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
