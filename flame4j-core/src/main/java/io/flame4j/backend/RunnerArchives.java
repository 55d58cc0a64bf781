package io.flame4j.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive of classes of a backend's runners: uses it when it is there, and has it made when it is not, by
 * {@link RunnerArchive} in a process of its own and at the lowest priority, a moment after the first runner was started.
 * Nothing waits for that, and when it fails, runners start as they would without.
 *
 * <p>Thread-safe. {@code lock} guards all fields; under it nothing is waited for but the start of a process.
 */
final class RunnerArchives implements AutoCloseable {

    static final Logger LOG = LoggerFactory.getLogger(RunnerArchives.class);

    /** Leaves the machine to the first runner; those who end before that have no use for faster starts. */
    private static final long DELAY_SECONDS = 2;

    /** It takes two seconds; at the lowest priority on a busy machine many. */
    private static final long PATIENCE_SECONDS = 300;

    private static final int LONGEST_OUTPUT = 2_000;

    /** By SIGABRT, with which a JVM ends when it has written what it knows of a crash, SIGBUS and SIGSEGV. */
    private static final Set<Integer> CRASHES = Set.of(128 + 6, 128 + 7, 128 + 11);

    /** Archives that this process makes, or could not make: it tries once. */
    private static final Set<Path> TRIED = ConcurrentHashMap.newKeySet();

    private final JvmCommand command;
    private final String transport;
    private final @Nullable Path directory;
    private final ArchiveOptions options = ArchiveOptions.ofThisJava();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Not known before the first start. */
    private @Nullable Path archive;

    private @Nullable ArchiveDirectory home;

    private boolean off;
    private boolean found;
    private boolean closed;
    private @Nullable Process trainer;
    private @Nullable ArgumentFile argumentFile;

    /**
     * For a backend.
     *
     * @param directory where archives are kept; null for none
     */
    RunnerArchives(JvmCommand command, String transport, @Nullable Path directory) {
        this.command = command;
        this.transport = transport;
        this.directory = directory;
        this.off = directory == null;
    }

    /** Options for the next runner. */
    List<String> options() {
        lock.lock();
        try {
            if (off) {
                return List.of();
            }
            Path file = archive == null ? locate() : archive;
            if (file == null) {
                return List.of();
            }
            found = home != null && home.holds(file);
            if (found && home != null) {
                home.touch(file);
            } else if (!closed && TRIED.add(file)) {
                startThread(file);
            }
            return found ? options.use(file) : List.of();
        } catch (IOException e) {
            off = true;
            LOG.info("Runners start without an archive of their classes: {}", e.toString());
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A JVM that crashed may have crashed over its archive: one that the disk has lost a part of, for instance. It is
     * removed, and the next runner starts without.
     */
    void ended(int exitCode) {
        lock.lock();
        try {
            if (found && archive != null && CRASHES.contains(exitCode)) {
                off = true;
                found = false;
                delete(archive);
                LOG.warn(
                        "A runner's JVM crashed (exit code {}); hs_err_pid*.log in its directory says over what. In case it was"
                                + " its archive of classes, {} was removed. Runners of this pool start without one from now on;"
                                + " one is made when the pool is built anew.",
                        exitCode,
                        archive);
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Path locate() {
        try {
            Optional<String> key =
                    ArchiveKey.of(command, transport, Runtime.getRuntime().maxMemory());
            if (key.isPresent() && directory != null) {
                home = ArchiveDirectory.open(directory);
                home.sweep();
                archive = home.file(key.get(), options.suffix());
                return archive;
            }
        } catch (IOException e) {
            LOG.info("Runners start without an archive of their classes: {}", e.toString());
        }
        off = true;
        return null;
    }

    private void startThread(Path file) {
        Thread thread = new Thread(null, () -> make(file), "flame4j-archive", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    private void make(Path file) {
        Optional<String> obstacle = ArchiveMaker.obstacle();
        if (obstacle.isPresent()) {
            LOG.debug("No archive of classes is made for runners: {}", obstacle.get());
            return;
        }
        Path output = file.resolveSibling(file.getFileName() + ".log");
        try {
            Process process = launch(file, output);
            if (process == null) {
                TRIED.remove(file);
                return;
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it was not done after " + PATIENCE_SECONDS + " s");
            }
            finish(file, output, process.exitValue());
        } catch (IOException e) {
            LOG.info("Runners start without an archive of their classes, which could not be made: {}", e.getMessage());
        } catch (InterruptedException e) {
            LOG.debug("The thread that has an archive of classes made was interrupted, and gives up");
        } finally {
            end();
            ArchiveDirectory.clean(file);
            delete(output);
        }
    }

    /** Null when the backend was closed meanwhile. */
    private @Nullable Process launch(Path file, Path output) throws IOException, InterruptedException {
        lock.lock();
        try {
            long rest = TimeUnit.SECONDS.toNanos(DELAY_SECONDS);
            while (!closed && rest > 0) {
                rest = changed.awaitNanos(rest);
            }
            if (closed) {
                return null;
            }
            ProcessBuilder builder = new ProcessBuilder(commandLine(file))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            ArchiveMaker.restrict(builder.environment());
            Process process = builder.start();
            process.getOutputStream().close();
            trainer = process;
            return process;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private List<String> commandLine(Path file) throws IOException {
        List<String> arguments = ArchiveMaker.arguments(command, transport, file);
        argumentFile = ArchiveMaker.file(arguments);
        return Stream.concat(
                        ArchiveMaker.niced().stream(),
                        argumentFile == null
                                ? arguments.stream()
                                : Stream.of(arguments.get(0), argumentFile.argument()))
                .toList();
    }

    private void finish(Path file, Path output, int code) throws IOException {
        if (code == RunnerArchive.EXIT_BUSY) {
            LOG.debug("Another process makes {}", file);
            return;
        }
        ArchiveDirectory place;
        lock.lock();
        try {
            if (closed || home == null) {
                TRIED.remove(file);
                return;
            }
            place = home;
        } finally {
            lock.unlock();
        }
        if (code != 0 || !Files.isRegularFile(file)) {
            String text = Files.exists(output)
                    ? new String(Files.readAllBytes(output), ProcessBackend.outputCharset()).strip()
                    : "";
            throw new IOException("exit code " + code + ", "
                    + (text.length() <= LONGEST_OUTPUT ? text : text.substring(text.length() - LONGEST_OUTPUT)));
        }
        LOG.info(
                "Runners start faster from now on: the classes that they load are in {} ({} KiB)."
                        + " ProcessBackend.builder().classArchives(false) turns that off.",
                file,
                Files.size(file) >> 10);
        place.sweep();
    }

    private void end() {
        lock.lock();
        try {
            if (trainer != null) {
                kill(trainer);
                trainer = null;
            }
            deleteArgumentFile();
        } finally {
            lock.unlock();
        }
    }

    /** Gives up what is being made. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            if (trainer != null) {
                kill(trainer);
            }
            deleteArgumentFile();
        } finally {
            lock.unlock();
        }
    }

    private void deleteArgumentFile() {
        if (argumentFile != null) {
            argumentFile.delete();
            argumentFile = null;
        }
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> descendants = process.descendants().toList();
            process.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("Could not remove {}: {}", file, e.toString());
        }
    }
}
