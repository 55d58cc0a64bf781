package io.flame4j.backend;

import io.flame4j.RunnerBootException;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs runners as JVMs of this machine; what a pool uses when it is given no backend.
 *
 * <p>A runner is started with this process's own Java, class path or module path, and JVM options, less those that two
 * processes cannot share; {@link JvmCommand} says which and how. It gets this process's environment, with what
 * {@link ProcessBackendBuilder#env(java.util.Map)} adds, and no standard input. {@code JAVA_TOOL_OPTIONS} and its kin
 * are not handed on: their options are among this process's JVM options already. Its standard output and standard error
 * come as one stream, in the order they were written, which each line's reader needs more than the name of the stream.
 *
 * <p>Threads: one daemon thread for each runner, {@code flame4j-<pool>-out-<runner>}, reads its output and waits for
 * its end. When a runner leaves behind a process that holds its output open, {@link RunnerHandle#exit()} completes two
 * seconds after the runner's end, and the thread goes on reading until that process ends too.
 *
 * <p>A runner watches its connection and ends by itself when this process is gone; its output then goes nowhere and
 * does not hold it up.
 *
 * <p>On Windows: a process has no signals, so that every exit is reported by its code alone; runners use TCP on the
 * loopback address, with TLS, since a directory cannot be closed to other users as elsewhere; a command line longer than 30,000
 * characters is passed in a file. Everything else is alike.
 *
 * <p>Immutable apart from its open or closed state, and thread-safe.
 *
 * @since 0.1
 */
public final class ProcessBackend implements Backend {

    /** How runners reach this process. */
    public enum Transport {
        /** A Unix-domain socket, in a directory that only this user may enter. Half the latency of TCP. */
        UNIX,
        /** TCP on the loopback address. */
        TCP
    }

    /** What becomes of what runners write to standard output and standard error. */
    public enum Output {
        /**
         * Each line is logged by slf4j logger {@code io.flame4j.runner.<pool>} at level info, with the runner's id. When
         * slf4j has no provider, which would log nothing, each line goes to the standard error of this process, with
         * the runner's id in front; {@link #DISCARD} is for those who want none of it.
         */
        LOG,
        /**
         * Goes straight to the standard output and error of this process. Errors then cannot show a runner's last
         * lines, and a JVM that cannot be started is tried again until the calls give up.
         */
        INHERIT,
        /** Is dropped, but for the last lines, which errors show. */
        DISCARD
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProcessBackend.class);

    private final JvmCommand command;
    private final Map<String, String> environment;
    private final @Nullable Path workingDirectory;
    private final Output output;
    private final Transport transport;
    private final Tls tls;
    private final int pendingConnections;
    private final RunnerArchives archives;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * Guarded by {@link #lock}; by what is in them: all that were needed because a command was too long for the platform.
     * Those with and without an archive of classes, so far apart that one may still be read while another is needed.
     */
    private final Map<List<String>, ArgumentFile> argumentFiles = new HashMap<>();

    /** Written under {@link #lock}. */
    private volatile boolean closed;

    ProcessBackend(ProcessBackendBuilder builder) {
        this.command = builder.effectiveCommand();
        this.environment = Map.copyOf(builder.environment);
        this.workingDirectory = builder.workingDirectory;
        this.output = builder.output;
        this.pendingConnections = builder.pendingConnections;
        Tls asked = builder.tls;
        boolean encrypted = asked instanceof Tls.Encrypted;
        this.transport =
                encrypted ? Transport.TCP : builder.transport != null ? builder.transport : preferredTransport();
        // Who gets TCP without having asked for anything shall not have less than the socket gave.
        this.tls = asked != null ? asked : builder.transport == null ? Tls.ephemeral() : Tls.none();
        this.archives = new RunnerArchives(command, transportName(), builder.effectiveArchiveDirectory());
        LOG.debug(
                "Runners start as {}; left out of this JVM's options: {}",
                command,
                command.dropped().stream()
                        .map(option -> option.split("=", 2)[0])
                        .toList());
        if (command.start() == JvmCommand.Start.ORIGINAL) {
            LOG.info("The class path of this JVM does not show flame4j, which must be nested in an archive or loaded by"
                    + " a server. Runners start through the application's own main, which must call"
                    + " FlameRunner.runIfRunner() first; or give the class path of runners to"
                    + " ProcessBackend.builder().classPath(…).");
        }
    }

    /**
     * A backend with all defaults.
     *
     * @return a new backend
     */
    public static ProcessBackend create() {
        return builder().build();
    }

    /**
     * Starts to build a backend.
     *
     * @return a new builder
     */
    public static ProcessBackendBuilder builder() {
        return new ProcessBackendBuilder();
    }

    /** {@code process}. */
    @Override
    public String name() {
        return "process";
    }

    /** As {@link ProcessBackendBuilder#transport(Transport)} and {@link ProcessBackendBuilder#tls(Tls)} say. */
    @Override
    public ListenAt listenAt() {
        return transport == Transport.UNIX
                ? new ListenAt.UnixSocket(pendingConnections)
                : new ListenAt.Tcp("127.0.0.1", 0, "127.0.0.1", tls, pendingConnections);
    }

    /** The number of processors: a JVM that starts keeps one busy. */
    @Override
    public int bootParallelism() {
        return Math.max(1, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Five seconds: the end of a process is known within milliseconds, unless the threads of this one that are to notice it
     * do not get a processor, or a process that the runner has started keeps its output open, for two seconds.
     */
    @Override
    public Duration lossDetailsWithin() {
        return Duration.ofSeconds(5);
    }

    /**
     * {@inheritDoc}
     *
     * @throws RunnerBootException when the process cannot be created. Permanent, unless the system is short of memory,
     *     processes or files
     */
    @Override
    public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("The boot of runner " + spec.runnerId() + " was cancelled");
        }
        Process process = launch(spec);
        OutputLog log = new OutputLog(LoggerFactory.getILoggerFactory(), spec, output == Output.LOG);
        RunnerOutput lines = new RunnerOutput(log, outputCharset());
        ProcessRunner runner = new ProcessRunner(process, lines, log, command.start() == JvmCommand.Start.ORIGINAL);
        CompletionStage<Void> unused =
                runner.exit().thenAccept(exit -> exit.exitCode().ifPresent(archives::ended));
        try {
            process.getOutputStream().close();
            runner.watch("flame4j-" + spec.pool() + "-out-" + spec.runnerId());
        } catch (IOException | RuntimeException | Error e) {
            runner.kill();
            throw new RunnerBootException(
                    "Runner " + spec.runnerId() + " was started and then killed, because it cannot be watched: "
                            + e.getMessage(),
                    false,
                    e);
        }
        LOG.debug("Runner {} is {}", spec.runnerId(), runner.description());
        return runner;
    }

    /** Gives up the archive of classes that is being made, and removes the file with the command line. Idempotent. Later starts fail. */
    @Override
    public void close() {
        archives.close();
        lock.lock();
        try {
            closed = true;
            argumentFiles.values().forEach(ArgumentFile::delete);
            argumentFiles.clear();
        } finally {
            lock.unlock();
        }
    }

    private Process launch(RunnerSpec spec) {
        try {
            ProcessBuilder builder = new ProcessBuilder(commandLine()).redirectErrorStream(output != Output.INHERIT);
            if (output == Output.INHERIT) {
                builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
            }
            if (workingDirectory != null) {
                builder.directory(workingDirectory.toFile());
            }
            Map<String, String> variables = builder.environment();
            JvmCommand.ABSORBED_VARIABLES.forEach(variables::remove);
            RunnerSpec.VARIABLES.forEach(variables::remove);
            variables.putAll(environment);
            variables.putAll(spec.environment());
            return builder.start();
        } catch (IOException e) {
            throw StartFailure.of(spec.runnerId(), command.java(), workingDirectory, e);
        }
    }

    private List<String> commandLine() throws IOException {
        if (closed) {
            throw new RunnerBootException("The process backend is closed, as its pool is.", true, null);
        }
        List<String> arguments = command.withOptions(archives.options()).arguments();
        if (!ArgumentFile.isNeeded(arguments, File.separatorChar == '\\')) {
            return arguments;
        }
        lock.lock();
        try {
            ArgumentFile file = argumentFiles.get(arguments);
            if (file == null) {
                file = ArgumentFile.write(arguments.subList(1, arguments.size()));
                argumentFiles.put(arguments, file);
            }
            return List.of(arguments.get(0), file.argument());
        } finally {
            lock.unlock();
        }
    }

    private String transportName() {
        return transport == Transport.UNIX ? "unix" : tls instanceof Tls.Encrypted ? "tls" : "tcp";
    }

    /** A child that writes to a pipe uses the platform's encoding, of which ASCII is a part of UTF-8. */
    static Charset outputCharset() {
        String name = System.getProperty("native.encoding", "UTF-8");
        Charset charset = Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }

    private static Transport preferredTransport() {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.isOpen() ? Transport.UNIX : Transport.TCP;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("No Unix-domain sockets here, so runners use TCP on the loopback address", e);
            return Transport.TCP;
        }
    }
}
