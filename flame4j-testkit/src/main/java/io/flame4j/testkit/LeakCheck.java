package io.flame4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves something behind which was not there before: a process that this JVM has started, a thread
 * of a pool, a socket or pipe, the directory of a socket. For tests that build and close their pools themselves; those
 * that take them from {@link FlameExtension} need nothing else.
 *
 * <pre>{@code
 * @RegisterExtension
 * final LeakCheck leaks = new LeakCheck();
 * }</pre>
 *
 * <p>It looks after the test's own {@code @AfterEach} methods, which close the pools, and gives what ends by itself some
 * time. Sockets and pipes are counted on Linux alone. Since all of the JVM is looked at, no other test may run in it at
 * the same time. An instance serves one test after the other and is not thread-safe.
 *
 * @since 0.1
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {

    /** Threads that end by themselves a moment after the pool, such as the one of the events, take a second. */
    static final Duration GRACE = Duration.ofSeconds(15);

    private static final long POLL_MILLIS = 10;

    /** The JDK opens some for itself on first use, and keeps them. */
    private static final int SPARE_DESCRIPTORS = 4;

    private final Duration grace;
    private Set<Long> processesBefore = Set.of();
    private Set<Thread> threadsBefore = Set.of();
    private Set<String> directoriesBefore = Set.of();
    private int descriptorsBefore;

    /** A check that waits up to 15 seconds for what ends by itself. */
    public LeakCheck() {
        this(GRACE);
    }

    /**
     * A check that waits as long as it is told.
     *
     * @param grace how long what is left may take to end by itself
     */
    public LeakCheck(Duration grace) {
        this.grace = Objects.requireNonNull(grace, "grace");
    }

    /** Takes note of what is there. */
    @Override
    public void beforeEach(ExtensionContext context) {
        begin();
    }

    /** Takes note of what is there, for a program that is no JUnit test. */
    public void begin() {
        processesBefore = new HashSet<>(processes());
        threadsBefore = threads("flame4j-");
        directoriesBefore = Set.copyOf(socketDirectories(ProcessHandle.current().pid()));
        descriptorsBefore = descriptors().size();
    }

    /**
     * Waits until nothing is left.
     *
     * @throws AssertionError when something stays; the message names it
     */
    @Override
    public void afterEach(ExtensionContext context) {
        awaitNothing(context.getDisplayName(), grace, this::leftovers);
    }

    /**
     * What is there and was not when {@link #begin()} was called. Does not wait: what ends by itself may still be there.
     *
     * @return a description of each; empty when nothing is left
     */
    public List<String> leftovers() {
        List<String> found = new ArrayList<>();
        processes().stream()
                .filter(pid -> !processesBefore.contains(pid))
                .forEach(pid -> found.add(describeProcess(pid)));
        threads("flame4j-").stream()
                .filter(thread -> !threadsBefore.contains(thread))
                .forEach(thread -> found.add("thread " + thread.getName()));
        List<String> descriptors = descriptors();
        if (descriptors.size() > descriptorsBefore + SPARE_DESCRIPTORS) {
            found.add(descriptors.size() + " descriptors instead of " + descriptorsBefore + ": " + descriptors);
        }
        socketDirectories(ProcessHandle.current().pid()).stream()
                .filter(directory -> !directoriesBefore.contains(directory))
                .forEach(directory -> found.add("directory " + directory));
        return found;
    }

    /** What is left of some pools: processes of their runners, and threads. */
    static List<String> leftoversOf(Set<String> pools) {
        List<String> found = new ArrayList<>();
        if (pools.isEmpty()) {
            return found;
        }
        for (long pid : processes()) {
            if (isRunnerOf(pools, pid)) {
                found.add(describeProcess(pid));
            }
        }
        for (String pool : pools) {
            threads("flame4j-" + pool + "-").forEach(thread -> found.add("thread " + thread.getName()));
        }
        return found;
    }

    static void awaitNothing(String test, Duration grace, Supplier<List<String>> leftovers) {
        long start = System.nanoTime();
        List<String> found = leftovers.get();
        while (!found.isEmpty()) {
            if (System.nanoTime() - start > grace.toNanos()) {
                throw new AssertionError(test + " left behind: " + String.join(", ", found));
            }
            try {
                // Looked at again and again: nothing tells that a descriptor was closed or a directory removed.
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(test + " was interrupted while it left behind: " + found, e);
            }
            found = leftovers.get();
        }
    }

    /**
     * Whether a process runs; one that has ended and is only waited for by its parent does not.
     *
     * @param pid the process
     * @return whether it runs
     */
    public static boolean isRunning(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            return Files.notExists(Path.of("/proc/self"))
                    && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
    }

    /**
     * The directories of Unix-domain sockets that the pools of a process have made and not removed.
     *
     * @param pid the process; one with the same {@code java.io.tmpdir} as this
     * @return their paths
     * @throws UncheckedIOException when the temporary directory cannot be read
     */
    public static List<String> socketDirectories(long pid) {
        List<String> found = new ArrayList<>();
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(temp, "flame4j-" + pid + "-*")) {
            all.forEach(directory -> found.add(directory.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static Set<Long> processes() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::pid)
                .filter(LeakCheck::isRunning)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<Thread> threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix) && thread.isAlive())
                .collect(Collectors.toSet());
    }

    /** Its environment says so; where that cannot be read, each JVM that this one has started counts. */
    private static boolean isRunnerOf(Set<String> pools, long pid) {
        Path environment = Path.of("/proc", Long.toString(pid), "environ");
        try {
            // Only compared: the rest of the variable is secret.
            String variables = "\0" + Files.readString(environment, StandardCharsets.ISO_8859_1);
            return pools.stream().anyMatch(pool -> variables.contains("\0FLAME_PARENT=pool=" + pool + ";"));
        } catch (IOException e) {
            return Files.notExists(Path.of("/proc/self"))
                    && ProcessHandle.of(pid)
                            .flatMap(process -> process.info().command())
                            .filter(command -> command.matches(".*\\bjavaw?(\\.exe)?"))
                            .isPresent();
        }
    }

    private static String describeProcess(long pid) {
        return "process " + pid
                + ProcessHandle.of(pid)
                        .flatMap(process -> process.info().command())
                        .map(command -> " (" + command + ")")
                        .orElse("");
    }

    /** Those that connect to something; jars and class-path directories come and go with class loading. */
    private static List<String> descriptors() {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : all) {
                String target = targetOf(descriptor);
                if (target.startsWith("socket:") || target.startsWith("pipe:") || target.startsWith("anon_inode:")) {
                    found.add(target);
                }
            }
        } catch (IOException e) {
            // Not Linux: nothing is counted.
            return found;
        }
        return found;
    }

    private static String targetOf(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
