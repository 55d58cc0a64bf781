package io.flame4j.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The API server that the tests of this JVM share. It is, in this order, the cluster of the kubeconfig that the variable
 * {@code FLAME4J_KUBECONFIG} names; the server of {@code dev/apiserver} in the folder that {@code FLAME4J_APISERVER} names;
 * or one that {@code dev/apiserver} starts now, and that ends with this JVM at the latest.
 */
final class ApiServer implements AutoCloseable {

    private static final Path SCRIPT = Path.of("dev", "apiserver");

    private final Path kubeconfig;

    /** The folder of a server that {@code dev/apiserver} made, or {@code null}. */
    private final @Nullable Path folder;

    private final boolean ours;

    private ApiServer(Path kubeconfig, @Nullable Path folder, boolean ours) {
        this.kubeconfig = kubeconfig;
        this.folder = folder;
        this.ours = ours;
    }

    /** Blocks until the server is ready: seconds, or many minutes if {@code dev/apiserver} has to build it first. */
    static ApiServer open() {
        String other = System.getenv("FLAME4J_KUBECONFIG");
        if (other != null && !other.isEmpty()) {
            return new ApiServer(Path.of(other), null, false);
        }
        String running = System.getenv("FLAME4J_APISERVER");
        if (running != null && !running.isEmpty()) {
            Path folder = Path.of(running);
            return new ApiServer(folder.resolve("kubeconfig"), folder, false);
        }
        String owner = Long.toString(ProcessHandle.current().pid());
        Path kubeconfig = Path.of(dev("start", "--owner", owner).strip());
        return new ApiServer(kubeconfig, kubeconfig.getParent(), true);
    }

    /** What a client of an administrator needs. */
    Config config() {
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        config.setRequestRetryBackoffLimit(0);
        return config;
    }

    /** Runs a subcommand of {@code dev/apiserver} on this server; skips the test if it is another cluster. */
    void command(String subcommand) {
        dev(subcommand, folder("that it may " + subcommand).toString());
    }

    /** Every request so far, each as a line of JSON; skips the test if it is another cluster. */
    Path auditLog() {
        return folder("whose audit log it can read").resolve("logs").resolve("audit.log");
    }

    private Path folder(String need) {
        assumeTrue(
                folder != null,
                () -> "FLAME4J_KUBECONFIG names a cluster, and this test needs a server " + need
                        + ": without that variable the tests start one with dev/apiserver");
        return Objects.requireNonNull(folder);
    }

    @Override
    public void close() {
        if (ours) {
            command("stop");
        }
    }

    /** Runs the script and returns what it prints. What it says of its progress goes to the standard error. */
    private static String dev(String... arguments) {
        List<String> command = new ArrayList<>(List.of(script().toString()));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("exit code of %s; the standard error says why", command)
                    .isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command + " ran", e);
        }
    }

    /** Tests run in the folder of their module or in one above it. */
    private static Path script() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path script = folder.resolve(SCRIPT);
            if (Files.isExecutable(script)) {
                return script;
            }
        }
        throw new IllegalStateException(
                "no " + SCRIPT + " in or above " + Path.of("").toAbsolutePath());
    }
}
