package io.flame4j.soak;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.kubernetes.Entrypoint;
import io.flame4j.kubernetes.KubernetesBackend;
import io.flame4j.testkit.kubernetes.FakeApiServer;
import io.flame4j.testkit.kubernetes.ProcessNode;
import java.time.Duration;
import java.util.List;

/**
 * A cluster for one scenario: an API server in memory, and nodes whose pods are processes. The parent is this process,
 * which is no pod; so nothing collects pods whose parent is gone, and what is left shows.
 */
final class ClusterStage {

    /** Whom the API server takes the parent for. */
    static final String PARENT = "system:serviceaccount:soak:parent";

    private static final String NAMESPACE = "soak";

    private final Stage stage;
    private final FakeApiServer server = new FakeApiServer();
    private final KubernetesClient admin = server.client();

    ClusterStage(Stage stage) {
        this.stage = stage;
        stage.cleanUp(server::close);
    }

    FakeApiServer server() {
        return server;
    }

    /** A node, which takes pods until the scenario has ended. */
    ProcessNode node(String name, String network) {
        ProcessNode node = ProcessNode.builder(server.client("node-" + name))
                .name(name)
                .namespaces(NAMESPACE)
                .podNetwork(network)
                .start();
        stage.cleanUp(node::close);
        return node;
    }

    /** Starts to build a pool whose runners are pods. */
    FlamePoolBuilder pool() {
        return stage.pool(KubernetesBackend.builder()
                        .client(server.client(PARENT))
                        .namespace(NAMESPACE)
                        .image("soak")
                        .command(Entrypoint.JVM)
                        .jvmOptions("-Xmx64m")
                        .advertiseAddress("127.0.0.1")
                        .build())
                .heartbeat(Stage.UNHURRIED)
                .bootTimeout(Duration.ofMinutes(3));
    }

    List<Pod> pods() {
        return admin.pods()
                .inNamespace(NAMESPACE)
                .withLabel("flame4j.io/runner")
                .list()
                .getItems();
    }

    /** Asks for a pod to be deleted, as somebody with kubectl would. */
    void delete(Pod pod, long graceSeconds) {
        admin.resource(pod).withGracePeriod(graceSeconds).delete();
    }

    /** Every pod of the pool goes when it is closed. */
    void expectNoPods(FlamePool pool) {
        pool.close();
        Await.until("all pods to go; there are " + pods().size(), () -> pods().isEmpty());
    }
}
