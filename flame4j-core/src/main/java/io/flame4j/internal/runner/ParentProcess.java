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

    /** Where they are in {@code /proc/PID/stat}, counted from the state. */
    private static final int FLAGS = 6;

    /** Linux sets it before it closes what the process has open. */
    private static final long PF_EXITING = 4;

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

    /** Whether it has ended, be it waited for or not, or is past keeping from it. */
    boolean isDead() {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        return process.isEmpty() || !process.get().isAlive() || isPastRunning();
    }

    /** Ended, but not yet waited for by its own parent, or about to end; to Java that looks alive. */
    private boolean isPastRunning() {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        try {
            return isPastRunning(Files.readString(stat, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // No such system, or gone in between: the other signs decide.
            return false;
        }
    }

    /** Told by {@code /proc/PID/stat}: id, name in parentheses, state, five numbers, flags, and more. */
    static boolean isPastRunning(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
        return fields[0].equals("Z") || fields.length > FLAGS && (Long.parseLong(fields[FLAGS]) & PF_EXITING) != 0;
    }

    /**
     * Removes the directory of the parent's socket when the parent is gone and so cannot. Only one that is named after
     * the parent's process and holds nothing else goes. A process that is killed closes its connections shortly before
     * it is gone. Linux tells that it is ending; where nothing does, it is given a moment, and no more: it may as well live.
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
