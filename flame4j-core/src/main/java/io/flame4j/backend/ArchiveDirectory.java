package io.flame4j.backend;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where archives of classes are kept from one start of an application to the next. What is in an archive is run without
 * being checked again, so that nobody but this user may be able to write there.
 */
final class ArchiveDirectory {

    /** What has not been used for so long is removed. */
    private static final Duration KEPT = Duration.ofDays(30);

    /** Archives by their {@link ArchiveKey}, and what is beside them while they are made, by us or by the JVM. */
    private static final Pattern OURS =
            Pattern.compile("runner-[0-9a-f]{32}\\.(?:jsa|aot)(?:\\.(?:lock|log|part(?:\\.config)?))?");

    private final Path directory;

    /** Empty where files have no such owner. */
    private final Optional<UserPrincipal> owner;

    private ArchiveDirectory(Path directory, Optional<UserPrincipal> owner) {
        this.directory = directory;
        this.owner = owner;
    }

    /** That of this user; empty when there is no home. */
    static Optional<Path> ofThisUser() {
        String home = System.getProperty("user.home", "?");
        if (!Path.of(home).isAbsolute() || !Files.isDirectory(Path.of(home))) {
            return Optional.empty();
        }
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return Optional.of(Path.of(home, "Library", "Caches", "flame4j"));
        }
        String variable = system.startsWith("windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME";
        String cache = System.getenv(variable);
        boolean given = cache != null && Path.of(cache).isAbsolute();
        return Optional.of((given ? Path.of(cache) : Path.of(home, ".cache")).resolve("flame4j"));
    }

    /**
     * Makes the directory, if need be.
     *
     * @throws IOException when it cannot be made, or others may write to it
     */
    static ArchiveDirectory open(Path directory) throws IOException {
        boolean posix = ArchiveTrust.isPosix(directory);
        if (Files.isSymbolicLink(directory)) {
            throw new IOException(
                    directory + " is a symbolic link, which is not followed; give classArchiveDirectory(…) the"
                            + " directory that it points to, or remove the link");
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            create(directory, posix);
        }
        // Links further up are settled now, so that none can be turned elsewhere between the check and the use.
        Path real = directory.toRealPath();
        if (!posix) {
            return new ArchiveDirectory(real, Optional.empty());
        }
        return new ArchiveDirectory(real, Optional.of(checkOwner(real)));
    }

    private static void create(Path directory, boolean posix) throws IOException {
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        Files.createDirectories(directory.getParent(), attributes);
        try {
            Files.createDirectory(directory, attributes);
        } catch (FileAlreadyExistsException e) {
            // Another pool was faster, unless it is something else.
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /** This user, whose the directory has to be, and all above it unless it is root's. */
    private static UserPrincipal checkOwner(Path directory) throws IOException {
        UserPrincipal owner = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS);
        ArchiveTrust.checkMode(directory);
        // A file of this process tells who it is; its name for the user need not be the file system's.
        Path probe = Files.createTempFile(directory, "owner-", null);
        try {
            if (!Files.getOwner(probe).equals(owner)) {
                throw new IOException(directory + " is " + owner.getName()
                        + "'s, not this user's; name another one with" + " classArchiveDirectory(…)");
            }
            if (ArchiveTrust.isUnix(directory)) {
                ArchiveTrust.checkParents(directory, ArchiveTrust.uid(probe));
            }
        } finally {
            Files.deleteIfExists(probe);
        }
        return owner;
    }

    /**
     * Whether the archive is there.
     *
     * @throws IOException when there is something that must not be used
     */
    boolean holds(Path archive) throws IOException {
        try {
            ArchiveTrust.check(archive, owner);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    Path file(String key, String suffix) {
        return directory.resolve("runner-" + key + suffix);
    }

    /** Says that an archive is in use. */
    void touch(Path archive) {
        try {
            Files.setLastModifiedTime(archive, time());
        } catch (IOException e) {
            RunnerArchives.LOG.debug("Could not note that {} is in use: {}", archive, e.toString());
        }
    }

    /** The time of day by the file system's own clock, which the ages of files are measured by. */
    private FileTime time() throws IOException {
        Path probe = Files.createTempFile(directory, "time-", null);
        try {
            return Files.getLastModifiedTime(probe);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** Removes what a maker that was killed has left half made, unless another one is at it. */
    static void clean(Path archive) {
        Path lockFile = lockOf(archive);
        if (!Files.exists(lockFile)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(partOf(archive));
                Files.deleteIfExists(lockFile);
            }
        } catch (NoSuchFileException e) {
            RunnerArchives.LOG.trace("The maker of {} was done first", archive);
        } catch (IOException | OverlappingFileLockException e) {
            RunnerArchives.LOG.debug("Could not remove what was left of {}: {}", archive, e.toString());
        }
    }

    /** Held by whoever makes the archive. */
    static Path lockOf(Path archive) {
        return archive.resolveSibling(archive.getFileName() + ".lock");
    }

    /** The archive while it is made. */
    static Path partOf(Path archive) {
        return archive.resolveSibling(archive.getFileName() + ".part");
    }

    /** Removes what nobody has used for long, and what was left half made; nothing that is not of our making. */
    void sweep() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ArchiveDirectory::isOurs)) {
            Instant oldest = time().toInstant().minus(KEPT);
            for (Path file : files) {
                removeIfOlder(file, oldest);
            }
        } catch (IOException | DirectoryIteratorException e) {
            RunnerArchives.LOG.debug("Could not look for old archives in {}: {}", directory, e.toString());
        }
    }

    private static boolean isOurs(Path file) {
        return OURS.matcher(file.getFileName().toString()).matches();
    }

    /** One that cannot be removed leaves the others to be looked at. */
    private static void removeIfOlder(Path file, Instant oldest) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isRegularFile()
                    && attributes.lastModifiedTime().toInstant().isBefore(oldest)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            RunnerArchives.LOG.trace("Another process removed an old archive first", e);
        } catch (IOException e) {
            RunnerArchives.LOG.debug("Could not remove the old archive {}: {}", file, e.toString());
        }
    }
}
