package io.flame4j.internal.link;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a Unix-domain socket: only this user may enter it, which is the first lock on the socket. Its name
 * holds the process id, so that what a killed process left behind can be told from what is in use, and is removed by
 * the next one.
 */
final class SocketDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(SocketDirectory.class);
    private static final String PREFIX = "flame4j-";

    /** Unix-domain socket paths end at 108 bytes on Linux and 104 on macOS. */
    private static final int MAX_PATH = 100;

    private final Path directory;

    private SocketDirectory(Path directory) {
        this.directory = directory;
    }

    static SocketDirectory create() throws IOException {
        Path temp = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        sweep(temp);
        Path made = Files.createTempDirectory(
                temp,
                PREFIX + ProcessHandle.current().pid() + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        SocketDirectory directory = new SocketDirectory(made);
        if (directory.socket().toString().length() > MAX_PATH) {
            directory.delete();
            throw new IOException("the path of the socket would be too long: " + directory.socket());
        }
        return directory;
    }

    Path socket() {
        return directory.resolve("s");
    }

    void delete() {
        try {
            Files.deleteIfExists(socket());
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.warn("Could not remove the socket directory {}: {}", directory, e.toString());
        }
    }

    private static void sweep(Path temp) {
        try (DirectoryStream<Path> candidates = Files.newDirectoryStream(temp, PREFIX + "*")) {
            for (Path candidate : candidates) {
                Optional<Long> pid = pidOf(candidate.getFileName().toString());
                if (pid.isPresent() && ProcessHandle.of(pid.get()).isEmpty()) {
                    removeLeftover(candidate);
                }
            }
        } catch (IOException e) {
            LOG.debug("Could not look for leftover socket directories in {}: {}", temp, e.toString());
        }
    }

    private static void removeLeftover(Path candidate) {
        try {
            Files.deleteIfExists(candidate.resolve("s"));
            Files.delete(candidate);
            LOG.debug("Removed the socket directory {} of a process that is gone", candidate);
        } catch (NoSuchFileException e) {
            LOG.debug("Another process removed {} first", candidate);
        } catch (IOException e) {
            // Not ours, or not empty: then it is not what we take it for, and stays.
            LOG.debug("Left {} alone: {}", candidate, e.toString());
        }
    }

    private static Optional<Long> pidOf(String name) {
        int dash = name.indexOf('-', PREFIX.length());
        if (dash < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(name, PREFIX.length(), dash, 10));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
