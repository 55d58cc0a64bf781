package io.flame4j.backend;

import io.flame4j.RunnerLostException;
import io.flame4j.internal.runner.LocalRunner;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs runners on threads of this JVM: for unit tests, and for developing without processes.
 *
 * <p>Runners dial the pool over a local socket as those in other processes do, and every task, argument and result
 * makes the trip through bytes, so that what cannot travel shows here too. What is different from a process: tasks share
 * the memory and the static fields of this JVM, {@link io.flame4j.FlameParent#current()} stays empty,
 * {@code System.exit} in a task ends everything, and a task that ignores its interrupt cannot be ended: it is left on a
 * daemon thread when its runner ends.
 *
 * <p>Immutable apart from the runners it has started, and thread-safe.
 *
 * @since 0.1
 */
public final class LocalBackend implements Backend {

    private final Map<String, LocalRunner> runners = new ConcurrentHashMap<>();

    private final boolean serializing;
    private final ClassLoader loader;

    private LocalBackend(boolean serializing, ClassLoader loader) {
        this.serializing = serializing;
        this.loader = loader;
    }

    /**
     * A backend whose runners find the application's classes as this thread does: by its context class loader.
     *
     * @return a new backend
     */
    public static LocalBackend create() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return new LocalBackend(true, context != null ? context : LocalBackend.class.getClassLoader());
    }

    /**
     * Whether values make the trip through bytes. Without it, captured values, arguments, results and progress are
     * handed over by reference, and the pool's codec is not used; what is left is that immutable leaves and captured
     * arrays of primitives are copied, and that exceptions and results of calls that track resources are serialized.
     *
     * @param on false to hand values over by reference; default true
     * @return a new backend
     */
    public LocalBackend serialization(boolean on) {
        return new LocalBackend(on, loader);
    }

    /**
     * What {@link #serialization(boolean)} was set to.
     *
     * @return true by default
     */
    public boolean isSerializing() {
        return serializing;
    }

    /** {@code local}. */
    @Override
    public String name() {
        return "local";
    }

    /** A Unix-domain socket where there are such, else the loopback address. */
    @Override
    public ListenAt listenAt() {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.isOpen() ? ListenAt.unixSocket() : ListenAt.loopback();
        } catch (IOException | UnsupportedOperationException e) {
            return ListenAt.loopback();
        }
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) {
        LocalRunner runner = LocalRunner.start(spec.environment(), loader);
        runners.put(spec.runnerId(), runner);
        CompletionStage<RunnerExit> exit = runner.exit().thenApply(code -> {
            runners.remove(spec.runnerId(), runner);
            return ended(code);
        });
        return new LocalHandle(spec.runnerId(), runner, exit);
    }

    private static RunnerExit ended(int code) {
        return new RunnerExit(
                RunnerLostException.Reason.EXITED,
                "ended with code " + code,
                OptionalInt.of(code),
                List.of(),
                LocalRunner.isPermanent(code));
    }

    /** Ends runners that are still there. */
    @Override
    public void close() {
        runners.values().forEach(LocalRunner::kill);
    }

    private record LocalHandle(String runnerId, LocalRunner runner, CompletionStage<RunnerExit> exit)
            implements RunnerHandle {

        @Override
        public String description() {
            return "threads of this JVM, flame4j-" + runnerId;
        }

        @Override
        public CompletionStage<@Nullable Void> started() {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void kill() {
            runner.kill();
        }
    }
}
