package io.flame4j.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves something behind: a process, a thread of a pool, a socket or pipe, a socket directory. It
 * looks after the test's own {@code @AfterEach} methods, which close the pools.
 */
final class LeakCheck implements BeforeEachCallback, AfterEachCallback {

    /** Threads that end by themselves a moment after the pool, such as the one of the events, take a second. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    /** The JDK opens some for itself on first use, and keeps them. */
    private static final int SPARE_DESCRIPTORS = 4;

    private Set<Long> processesBefore = Set.of();
    private int descriptorsBefore;

    @Override
    public void beforeEach(ExtensionContext context) {
        processesBefore = processes();
        descriptorsBefore = descriptors().size();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try {
            Awaitility.await()
                    .atMost(GRACE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> leftovers().isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(context.getDisplayName() + " left behind: " + leftovers());
        }
    }

    private List<String> leftovers() {
        List<String> found = new ArrayList<>();
        Set<Long> processes = processes();
        processes.removeAll(processesBefore);
        processes.forEach(pid -> found.add("process " + pid));
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("flame4j-")) {
                found.add("thread " + thread.getName());
            }
        }
        List<String> descriptors = descriptors();
        if (descriptors.size() > descriptorsBefore + SPARE_DESCRIPTORS) {
            found.add(descriptors.size() + " descriptors instead of " + descriptorsBefore + ": " + descriptors);
        }
        found.addAll(socketDirectories(ProcessHandle.current().pid()));
        return found;
    }

    private static Set<Long> processes() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::pid)
                .filter(Processes::isAlive)
                .collect(Collectors.toCollection(TreeSet::new));
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

    /** The directories of Unix-domain sockets that this process has made and not removed. */
    static List<String> socketDirectories(long pid) {
        List<String> found = new ArrayList<>();
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(temp, "flame4j-" + pid + "-*")) {
            all.forEach(directory -> found.add("directory " + directory));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return found;
    }
}
