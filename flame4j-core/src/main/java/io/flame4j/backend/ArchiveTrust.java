package io.flame4j.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether what is in an archive may run here: a JVM does not check it again. Nobody but this user, or whoever wrote
 * flame4j's jar, may have been able to put something there.
 */
final class ArchiveTrust {

    private static final Set<PosixFilePermission> OTHERS_MAY_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /** In {@code st_mode}: others may only remove what is their own. */
    private static final int STICKY = 01000;

    private static final int WRITE_BY_OTHERS = 0022;
    private static final int ROOT = 0;

    /** So that each is complained about once. */
    private static final Set<Path> REFUSED = ConcurrentHashMap.newKeySet();

    private ArchiveTrust() {}

    /** The archive beside a jar; empty, with the reason logged once, when it is not to be trusted as the jar is. */
    static Optional<Path> besideJar(Path archive, Path jar) {
        if (!Files.exists(archive, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            check(archive, isPosix(jar) ? Optional.of(Files.getOwner(jar)) : Optional.empty());
            return Optional.of(archive);
        } catch (IOException e) {
            if (REFUSED.add(archive)) {
                RunnerArchives.LOG.info(
                        "Runners start without the archive of classes that is beside flame4j's jar: {}", e.toString());
            }
            return Optional.empty();
        }
    }

    /**
     * Looks at an archive itself.
     *
     * @param owner whose it must be, unless it is root's; empty where files have no such owner
     * @throws IOException when it is not to be used
     */
    static void check(Path archive, Optional<UserPrincipal> owner) throws IOException {
        BasicFileAttributes kind = Files.readAttributes(archive, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!kind.isRegularFile()) {
            throw new IOException(archive + " is a link or no file; put the archive itself there");
        }
        if (owner.isEmpty()) {
            return;
        }
        UserPrincipal actual = Files.getOwner(archive, LinkOption.NOFOLLOW_LINKS);
        if (!actual.equals(owner.get()) && !isRoots(archive)) {
            throw new IOException(archive + " is " + actual.getName() + "'s, neither "
                    + owner.get().getName() + "'s nor root's; delete it and make it anew");
        }
        checkMode(archive);
    }

    /** That nobody else may write to a file or directory. */
    static void checkMode(Path path) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        if (permissions.stream().anyMatch(OTHERS_MAY_WRITE::contains)) {
            throw new IOException("others may write to " + path + " (" + PosixFilePermissions.toString(permissions)
                    + "), and what is in an archive runs; delete it, since chmod go-w would leave what they may have put"
                    + " there");
        }
    }

    /**
     * That nobody but this user and root may put another directory in this one's place.
     *
     * @param directory without links in its name
     * @param user number of this user
     */
    static void checkParents(Path directory, int user) throws IOException {
        for (Path parent = directory.getParent(); parent != null; parent = parent.getParent()) {
            // An owner can do so whatever the mode says.
            int owner = uid(parent);
            if (owner != ROOT && owner != user) {
                throw new IOException(parent + " is "
                        + Files.getOwner(parent, LinkOption.NOFOLLOW_LINKS).getName()
                        + "'s (user " + owner + "), neither this user's nor root's, and whoever it is may put something"
                        + " else in the place of " + directory + "; name another one with classArchiveDirectory(…)");
            }
            int mode = (Integer) Files.getAttribute(parent, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & WRITE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
                throw new IOException(
                        "others may write to " + parent + ", and so may put something else in the place of " + directory
                                + "; take that from them with chmod go-w " + parent + ", and delete " + directory);
            }
        }
    }

    static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Whether files have numbers of users. */
    static boolean isUnix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** The number of a file's owner; of a link, its own. */
    static int uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isRoots(Path path) throws IOException {
        return isUnix(path) && uid(path) == ROOT;
    }
}
