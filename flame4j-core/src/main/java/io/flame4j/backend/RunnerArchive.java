package io.flame4j.backend;

import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.RemoteTaskException;
import io.flame4j.RunnerInitializer;
import io.flame4j.context.MdcPropagator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes an archive of the classes that a runner loads before it takes its first call, so that later runners map them into
 * memory instead of loading one by one: a program of its own, for a step in the build of an image.
 *
 * <pre>{@code
 * java -cp 'app.jar:lib/*' io.flame4j.backend.RunnerArchive [--transport unix|tcp|tls] [--initializer CLASS] [FILE]
 * }</pre>
 *
 * <p>It must be run by the Java, from the class path and with the JVM options that runners will have; directories cannot be
 * on the class path. It boots a runner, gives it some calls, and has its JVM write what it has loaded: with class-data
 * sharing before Java 25, with the cache for ahead-of-time loading from then on. A second runner then tries the archive.
 * Of the application nothing is run but the {@link RunnerInitializer} that is named, if one is: then what that loads is in
 * the archive too.
 *
 * <p>{@code FILE} is by default {@value #NAME} with {@code .jsa} or, from Java 25 on, {@code .aot}, in the directory of
 * flame4j's own jar. There, runners of {@link ProcessBackend} and of pods find it by themselves. {@code --transport} is by
 * default {@code tls}, which is what pods use.
 *
 * <p>It ends with exit code 0 when the archive is there, 2 when the arguments are wrong, 3 when another process is making
 * the same archive, and 1 with the reason on standard error otherwise.
 *
 * <p>{@link ProcessBackend} does the same by itself, see {@link ProcessBackendBuilder#classArchives(boolean)}.
 *
 * @since 0.1
 */
public final class RunnerArchive {

    /** What an archive is called that runners find by themselves. */
    static final String NAME = "flame4j-runner";

    static final int EXIT_FAILED = 1;
    static final int EXIT_USAGE = 2;
    static final int EXIT_BUSY = 3;

    /** Enough for what is done here. */
    static final String HEAP = "128m";

    private static final String USAGE =
            "Usage: io.flame4j.backend.RunnerArchive [--transport unix|tcp|tls] [--initializer CLASS] [FILE]";

    /** It is a part of builds, and nobody waits for it elsewhere. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** A class of the user's, which the JDK serializes. */
    private record Sample(String name, List<LocalDate> days) implements java.io.Serializable {}

    private final Path file;
    private final String transport;
    private final @Nullable Class<? extends RunnerInitializer> initializer;
    private final ArchiveOptions options = ArchiveOptions.ofThisJava();

    private RunnerArchive(Path file, String transport, @Nullable Class<? extends RunnerInitializer> initializer) {
        this.file = file;
        this.transport = transport;
        this.initializer = initializer;
    }

    /**
     * Makes the archive. Blocks for some seconds, and ends the JVM with an exit code when it fails.
     *
     * @param arguments as above
     */
    public static void main(String[] arguments) {
        RunnerArchive archive;
        try {
            archive = parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(EXIT_USAGE);
            return;
        }
        try {
            if (!archive.make()) {
                System.err.println("Another process is making " + archive.file);
                System.exit(EXIT_BUSY);
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("No archive of classes at " + archive.file + ": " + e.getMessage());
            System.exit(EXIT_FAILED);
        }
    }

    private static RunnerArchive parse(String[] arguments) {
        String transport = "tls";
        Class<? extends RunnerInitializer> initializer = null;
        Path file = null;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--transport" -> transport = transport(value(arguments, ++i));
                case "--initializer" -> initializer = initializer(value(arguments, ++i));
                default -> {
                    if (file != null || arguments[i].startsWith("-")) {
                        throw new IllegalArgumentException("'" + arguments[i] + "' is not understood.");
                    }
                    file = path(arguments[i]);
                }
            }
        }
        return new RunnerArchive(file != null ? file : besideFlame(), transport, initializer);
    }

    private static String value(String[] arguments, int i) {
        if (i >= arguments.length) {
            throw new IllegalArgumentException("A value is missing after " + arguments[i - 1] + ".");
        }
        return arguments[i];
    }

    private static String transport(String name) {
        if (!List.of("unix", "tcp", "tls").contains(name)) {
            throw new IllegalArgumentException("'" + name + "' is no transport: there are unix, tcp and tls.");
        }
        return name;
    }

    private static Class<? extends RunnerInitializer> initializer(String name) {
        try {
            return Class.forName(name).asSubclass(RunnerInitializer.class);
        } catch (ClassNotFoundException | ClassCastException | LinkageError e) {
            throw new IllegalArgumentException("'" + name + "' is no RunnerInitializer on this class path: " + e, e);
        }
    }

    private static Path path(String name) {
        try {
            Path path = Path.of(name).toAbsolutePath();
            Path directory = path.getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw new IllegalArgumentException("There is no directory " + directory + ". Make it first.");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + name + "' is no name of a file.", e);
        }
    }

    private static Path besideFlame() {
        return place().orElseThrow(() -> new IllegalArgumentException(
                "flame4j was not loaded from a jar, so that there is no place beside it. Name a FILE."));
    }

    /** Where runners look for an archive: beside flame4j's own jar, if it is in one. */
    static Optional<Path> place() {
        return JvmFacts.ownJar()
                .map(jar ->
                        jar.resolveSibling(NAME + ArchiveOptions.ofThisJava().suffix()));
    }

    /** The archive that is there, unless somebody else may have put it there. */
    static Optional<Path> found() {
        return JvmFacts.ownJar().flatMap(jar -> place().flatMap(archive -> ArchiveTrust.besideJar(archive, jar)));
    }

    /** False when somebody else is at it. */
    private boolean make() throws IOException {
        Path lockFile = ArchiveDirectory.lockOf(file);
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return false;
            }
            Path part = ArchiveDirectory.partOf(file);
            try {
                train(part);
                check(part);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
                Files.deleteIfExists(lockFile);
            }
            return true;
        }
    }

    private void train(Path part) throws IOException {
        Files.deleteIfExists(part);
        try (FlamePool pool = pool(options.make(part))) {
            exercise(pool);
        }
        // The runner has ended by now, and has written it before.
        if (!Files.isRegularFile(part) || Files.size(part) == 0) {
            throw new IOException("the runner's JVM has written none. It says why with the option -Xlog:cds, on Java 25"
                    + " -Xlog:aot; directories on the class path are one reason");
        }
    }

    /** A JVM that cannot use the archive does not start here. */
    private void check(Path part) throws IOException {
        try (FlamePool pool = pool(options.require(part))) {
            pool.call(() -> 42);
        }
    }

    private FlamePool pool(List<String> jvmOptions) {
        // A JVM cannot read one archive and write another; the one that is to be replaced may be in the options.
        ProcessBackendBuilder backend = ProcessBackend.builder()
                .command(JvmCommand.of(JvmFacts.ofThisProcess()).withoutArchive())
                .classArchives(false)
                .jvmOptions(jvmOptions)
                .output(ProcessBackend.Output.DISCARD);
        switch (transport) {
            case "unix" -> backend.transport(ProcessBackend.Transport.UNIX);
            case "tcp" -> backend.transport(ProcessBackend.Transport.TCP).tls(Tls.none());
            default -> backend.tls(Tls.ephemeral());
        }
        FlamePoolBuilder builder = FlamePool.builder("archive")
                .backend(backend.build())
                // Those that are discovered are the application's.
                .contextPropagators(new MdcPropagator())
                .min(0)
                .max(1)
                .maxConcurrency(2)
                .bootTimeout(PATIENCE)
                .timeout(PATIENCE)
                .shutdownTimeout(PATIENCE);
        if (initializer != null) {
            builder.initializer(initializer);
        }
        return builder.build();
    }

    /** What most applications do with a runner: plain values, the JDK's serialization, an exception, several at once. */
    private static void exercise(FlamePool pool) {
        int number = pool.call(() -> 42);
        String text = "text";
        List<Object> captured = new ArrayList<>(List.of(1, 2L, 3.0, "four", new byte[1], new int[1]));
        Map<String, Integer> map = Map.of("one", 1);
        int size = pool.call(() -> text.length() + captured.size() + map.size());
        Sample sample = pool.call(() -> new Sample(text, List.of(LocalDate.EPOCH)));
        List<Integer> results = pool.map(List.of(1, 2, 3), input -> input + number).stream()
                .map(Integer::intValue)
                .toList();
        String failure;
        try {
            pool.call(() -> {
                throw new IllegalStateException(text);
            });
            failure = "none";
        } catch (IllegalStateException | RemoteTaskException e) {
            failure = String.valueOf(e.getMessage());
        }
        if (number != 42
                || size != 11
                || !sample.name().equals(text)
                || results.size() != 3
                || !failure.contains(text)) {
            throw new IllegalStateException("the runner has answered with something else: " + number + ", " + size
                    + ", " + sample + ", " + results + ", " + failure);
        }
    }
}
