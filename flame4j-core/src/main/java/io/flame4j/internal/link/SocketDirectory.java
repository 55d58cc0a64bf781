package io.flame4j.internal.link;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
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
    private static final String SOCKET = "s";

    /** Unix-domain socket paths end at 108 bytes on Linux and 104 on macOS. */
    private static final int MAX_PATH = 100;

    private final Path directory;

    private SocketDirectory(Path directory) {
        this.directory = directory;
    }

    static SocketDirectory create() throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
    }

    static SocketDirectory create(Path temp) throws IOException {
        Path made = Files.createTempDirectory(
                temp,
                PREFIX + ProcessHandle.current().pid() + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        SocketDirectory directory = new SocketDirectory(made);
        if (directory.socket().toString().length() > MAX_PATH) {
            directory.delete();
            throw new IOException("the path of the socket would be too long: " + directory.socket());
        }
        sweep(temp, Files.getOwner(made));
        return directory;
    }

    Path socket() {
        return directory.resolve(SOCKET);
    }

    void delete() {
        try {
            Files.deleteIfExists(socket());
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.warn("Could not remove the socket directory {}: {}", directory, e.toString());
        }
    }

    /**
     * Anybody can make a name in the temporary directory, a symbolic link to somewhere else for one. So nothing is
     * followed, only directories of this user are looked into, and only the socket in them is removed. A process that
     * cannot be seen from here may live in another container that shares the directory: then its socket answers.
     */
    private static void sweep(Path temp, UserPrincipal self) {
        try (DirectoryStream<Path> candidates = Files.newDirectoryStream(temp, PREFIX + "*")) {
            for (Path candidate : candidates) {
                Optional<Long> pid = pidOf(candidate.getFileName().toString());
                if (pid.isPresent() && ProcessHandle.of(pid.get()).isEmpty()) {
                    removeLeftover(candidate, self, candidates);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("Could not look for leftover socket directories in {}: {}", temp, e.toString());
        }
    }

    private static void removeLeftover(Path candidate, UserPrincipal self, DirectoryStream<Path> temp) {
        try {
            if (!Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(candidate, LinkOption.NOFOLLOW_LINKS).equals(self)
                    || isListening(candidate.resolve(SOCKET))) {
                return;
            }
            if (temp instanceof SecureDirectoryStream<Path> secure) {
                removeSecurely(candidate.getFileName(), secure);
            } else {
                Files.deleteIfExists(candidate.resolve(SOCKET));
                Files.delete(candidate);
            }
            LOG.debug("Removed the socket directory {} of a process that is gone", candidate);
        } catch (NoSuchFileException e) {
            LOG.debug("Another process removed {} first", candidate);
        } catch (IOException e) {
            // Not empty: then it is not what we take it for, and stays.
            LOG.debug("Left {} alone: {}", candidate, e.toString());
        }
    }

    /** The same, but what was looked at cannot be exchanged for a link in between. */
    private static void removeSecurely(Path name, SecureDirectoryStream<Path> temp) throws IOException {
        try (SecureDirectoryStream<Path> directory = temp.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            directory.deleteFile(Path.of(SOCKET));
        } catch (NoSuchFileException e) {
            LOG.trace("{} has no socket", name);
        }
        temp.deleteDirectory(name);
    }

    private static boolean isListening(Path socket) {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
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
