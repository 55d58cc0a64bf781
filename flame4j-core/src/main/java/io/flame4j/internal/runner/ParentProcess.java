package io.flame4j.internal.runner;

import io.flame4j.internal.wire.WireAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parent's process, when it is on this machine: whether it is still there, and what it leaves behind. Looked at only
 * when the connection fails, so that a good boot loads none of this.
 */
final class ParentProcess {

    private static final String DIRECTORY_PREFIX = "flame4j-";

    private static final long DYING_MILLIS = 300;
    private static final long POLL_MILLIS = 10;

    private final long pid;
    private @Nullable Boolean wasParent;

    /**
     * For a process.
     *
     * @param pid its id, 0 when it is not known
     */
    ParentProcess(long pid) {
        this.pid = pid;
    }

    /** Whether it is known to be gone: its id is free, it is only waited for, or this process was given to another. */
    boolean isGone() {
        if (pid == 0) {
            return false;
        }
        boolean isParent = isParentOfThisProcess();
        if (wasParent == null) {
            // With a wrapper between the two, it never was.
            wasParent = isParent;
        }
        return wasParent && !isParent || isDead();
    }

    private boolean isParentOfThisProcess() {
        Optional<ProcessHandle> parent = ProcessHandle.current().parent();
        return parent.isPresent() && parent.get().pid() == pid;
    }

    /** Whether it has ended, be it waited for or not. */
    boolean isDead() {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        return process.isEmpty() || !process.get().isAlive() || isZombie();
    }

    /** Ended, but not yet waited for by its own parent; to Java that looks alive. */
    private boolean isZombie() {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        try {
            String text = Files.readString(stat, StandardCharsets.ISO_8859_1);
            int state = text.lastIndexOf(')') + 2;
            return state > 1 && state < text.length() && text.charAt(state) == 'Z';
        } catch (IOException e) {
            // No such system, or gone in between: the other signs decide.
            return false;
        }
    }

    /**
     * Removes the directory of the parent's socket when the parent is gone and so cannot. Only one that is named after
     * the parent's process and holds nothing else goes. A process that is killed closes its connections shortly before
     * it is gone, so it is given a moment.
     */
    void sweep(WireAddress address, Clock clock) {
        Path directory = address instanceof WireAddress.Unix unix ? unix.path().getParent() : null;
        if (directory == null
                || directory.getFileName() == null
                || !directory.getFileName().toString().startsWith(DIRECTORY_PREFIX + pid + "-")) {
            return;
        }
        long end = Clock.after(clock.nanos(), DYING_MILLIS);
        while (!isDead()) {
            if (clock.nanos() >= end) {
                return;
            }
            clock.awaitUninterruptibly(Clock.after(clock.nanos(), POLL_MILLIS));
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            // Gone already, and whoever took the name may have put a link to something else there.
            return;
        }
        try {
            Files.deleteIfExists(directory.resolve("s"));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            RunnerLog.LOG.debug("The parent's socket directory {} stays: {}", directory, e.toString());
        }
    }
}
