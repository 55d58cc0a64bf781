package io.flame4j.examples.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An API server of {@code dev/apiserver}: that of FLAME4J_APISERVER, or a new one. */
final class RealApiServer implements AutoCloseable {

    private final Path kubeconfig;
    private final boolean ours;

    private RealApiServer(Path kubeconfig, boolean ours) {
        this.kubeconfig = kubeconfig;
        this.ours = ours;
    }

    /** Skips the test when another cluster is to be used: its nodes would take the pods. */
    static RealApiServer open() throws Exception {
        assumeTrue(
                System.getenv("FLAME4J_KUBECONFIG") == null,
                "FLAME4J_KUBECONFIG names a cluster, and this test needs one without nodes: without that variable it"
                        + " starts one with dev/apiserver");
        String running = System.getenv("FLAME4J_APISERVER");
        if (running != null && !running.isEmpty()) {
            return new RealApiServer(Path.of(running, "kubeconfig"), false);
        }
        String owner = Long.toString(ProcessHandle.current().pid());
        return new RealApiServer(Path.of(dev("start", "--owner", owner).strip()), true);
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    /** One who may do everything. */
    KubernetesClient admin() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build();
    }

    private static String dev(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of("..", "..", "dev", "apiserver")
                .toAbsolutePath()
                .normalize()
                .toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit code of %s", command).isZero();
        return output;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (ours) {
            dev("stop", kubeconfig.getParent().toString());
        }
    }
}
