package io.flame4j.testkit.kubernetes.internal.node;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The processes of one container: the one that was started, and all that it has started. As in a container, the first is
 * the one that gets SIGTERM, and its end is the end of the others.
 *
 * <p>Others are found as descendants, and, where there is {@code /proc}, by a variable that they have inherited.
 */
final class LocalProcess {

    /** What to start. */
    record Launch(List<String> command, Map<String, String> environment, Path directory, Path log, String mark) {}

    /** Tells the processes of a container from all others. */
    static final String MARK = "FLAME4J_TESTKIT_CONTAINER";

    private static final boolean POSIX = File.separatorChar == '/';

    private final Process process;
    private final String mark;

    private LocalProcess(Process process, String mark) {
        this.process = process;
        this.mark = mark;
    }

    /**
     * Starts a process.
     *
     * @throws IOException when there is no such program
     */
    static LocalProcess start(Launch launch) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(launch.command());
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        builder.environment().put(MARK, launch.mark());
        builder.directory(launch.directory().toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(launch.log().toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(nothing()));
        return new LocalProcess(builder.start(), launch.mark());
    }

    private static File nothing() {
        return new File(POSIX ? "/dev/null" : "NUL");
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** The exit code; 128 and the signal for a process that a signal has ended. */
    CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    void terminate() {
        process.destroy();
    }

    /** Ends all of them, at once. */
    void kill() {
        List<ProcessHandle> others = others();
        process.destroyForcibly();
        others.forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends what the first process has left behind. */
    void killRest() {
        others().forEach(ProcessHandle::destroyForcibly);
    }

    /**
     * Stops all of them, or lets them go on.
     *
     * @param signal {@code STOP} or {@code CONT}
     */
    void signal(String signal) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal, Long.toString(pid())));
        others().forEach(other -> command.add(Long.toString(other.pid())));
        try {
            // One that has ended meanwhile makes it fail, and is all the same to us.
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(nothing())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("Processes can only be frozen where there is a kill command.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<ProcessHandle> others() {
        List<ProcessHandle> others = new ArrayList<>(process.descendants().toList());
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.filter(other -> other.pid() != pid() && !others.contains(other) && isMarked(other))
                    .forEach(others::add);
        }
        return others;
    }

    private boolean isMarked(ProcessHandle other) {
        try {
            Path environment = Path.of("/proc", Long.toString(other.pid()), "environ");
            String text = "\0" + Files.readString(environment, StandardCharsets.ISO_8859_1) + "\0";
            return text.contains("\0" + MARK + "=" + mark + "\0");
        } catch (IOException e) {
            return false; // gone, or of another user, or there is no /proc: not one of ours that we could find
        }
    }
}
