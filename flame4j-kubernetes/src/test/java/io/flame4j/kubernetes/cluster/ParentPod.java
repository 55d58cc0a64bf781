package io.flame4j.kubernetes.cluster;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A pod that runs {@link ParentServer}, and the way to tell it what to do. */
final class ParentPod {

    /** What is expected of a machine that is busy with other tests. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Once known: the API server may be away later. */
    private volatile @Nullable String ip;

    private ParentPod(KubernetesClient client, String namespace, String name) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
    }

    /** A pod to be started; tests may change it first. */
    static PodBuilder template(String namespace, String name, Map<String, String> env) {
        ContainerBuilder container = new ContainerBuilder()
                .withName("app")
                .withImage("registry.example/parent:1")
                .withCommand(java())
                .withArgs(
                        "-Xmx96m",
                        "-Dorg.slf4j.simpleLogger.log.io.flame4j=debug",
                        "-cp",
                        classPath(),
                        ParentServer.class.getName());
        for (String field :
                List.of("POD_NAME:metadata.name", "POD_NAMESPACE:metadata.namespace", "POD_IP:status.podIP")) {
            String[] parts = field.split(":");
            container
                    .addNewEnv()
                    .withName(parts[0])
                    .withNewValueFrom()
                    .withNewFieldRef()
                    .withFieldPath(parts[1])
                    .endFieldRef()
                    .endValueFrom()
                    .endEnv();
        }
        new TreeMap<>(env)
                .forEach((key, value) ->
                        container.addNewEnv().withName(key).withValue(value).endEnv());
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("app", "parent")
                .endMetadata()
                .withNewSpec()
                .withContainers(container.build())
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(60L)
                .endSpec();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Creates the pod and waits until its program answers. */
    static ParentPod start(KubernetesClient client, Pod pod) {
        client.resource(pod).create();
        ParentPod parent = new ParentPod(
                client, pod.getMetadata().getNamespace(), pod.getMetadata().getName());
        parent.awaitReady();
        return parent;
    }

    void awaitReady() {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            try {
                return ask("/stats").startsWith("runners=");
            } catch (IOException | NullPointerException e) {
                return false;
            }
        });
    }

    String name() {
        return name;
    }

    /** As the API server knows it. */
    Pod pod() {
        return client.pods().inNamespace(namespace).withName(name).get();
    }

    /** The pods of its runners, whatever their state. */
    List<Pod> runners() {
        return client.pods()
                .inNamespace(namespace)
                .withLabel("flame4j.io/parent", name)
                .list()
                .getItems();
    }

    /** Deletes the pod, as a rollout does, and waits until it is gone. */
    void delete() {
        client.pods().inNamespace(namespace).withName(name).delete();
        Awaitility.await().atMost(PATIENCE).until(() -> pod() == null);
    }

    /**
     * Tells the program something.
     *
     * @throws AssertionError when it answers with a failure
     * @throws IOException when it does not answer
     */
    String ask(String path) throws IOException {
        HttpResponse<String> answer = send(path);
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.body());
        }
        return answer.body();
    }

    /** Tells the program something that is to fail; the class and the message of the exception. */
    String failure(String path) throws IOException {
        HttpResponse<String> answer = send(path);
        if (answer.statusCode() == 200) {
            throw new AssertionError(path + " was to fail, but answered " + answer.body());
        }
        return answer.body();
    }

    /** As {@link #ask}, on another thread. */
    CompletableFuture<String> asking(String path) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                HttpResponse<String> answer = send(path);
                return answer.statusCode() + " " + answer.body();
            } catch (IOException e) {
                return "no answer: " + e;
            }
        });
    }

    /** Waits until so many tasks are at a gate. */
    void awaitWaiting(String gate, int tasks) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> ask("/waiting?gate=" + gate).equals(String.valueOf(tasks)));
    }

    private HttpResponse<String> send(String path) throws IOException {
        String address = ip;
        if (address == null) {
            address = Objects.requireNonNull(
                    Objects.requireNonNull(pod(), name).getStatus().getPodIP());
            ip = address;
        }
        URI uri = URI.create("http://" + address + ":" + ParentServer.PORT + path);
        try {
            return http.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(6)).build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
