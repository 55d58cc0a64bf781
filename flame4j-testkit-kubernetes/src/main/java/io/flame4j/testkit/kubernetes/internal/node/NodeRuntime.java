package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that a node consists of, and the order in which it starts and ends. Thread-safe once it is started. */
public final class NodeRuntime {

    /** How long it looks with each heartbeat once the API server is back, beside what it watches. */
    private static final Duration LOOK = Duration.ofMinutes(2);

    private final NodeOptions options;
    private final KubernetesClient client;
    private final Path directory;
    private final NodeApi api;
    private final PodLoop loop;
    private final @Nullable KubeletLogs logs;
    private final NodeRegistration registration;

    private volatile boolean looking;
    private volatile long lookUntil;
    private final ReentrantLock lock = new ReentrantLock();

    /** By namespace. Guarded by the lock once it is started. */
    private final Map<String, SharedIndexInformer<Pod>> informers = new HashMap<>();

    private final Thread atExit;

    /** Guarded by the lock. */
    private boolean closed;

    private NodeRuntime(KubernetesClient client, NodeOptions options) throws IOException {
        this.client = client;
        this.options = options;
        directory = Files.createTempDirectory("flame4j-node-");
        api = new NodeApi(client, Threads.named("flame4j-node-" + options.name() + "-api-"));
        loop = new PodLoop(options, api, directory);
        logs = options.services().logs() ? new KubeletLogs(options.name(), directory, this::log) : null;
        atExit = new Thread(this::abandon, "flame4j-node-" + options.name() + "-exit");
        registration = new NodeRegistration(api, options, logs == null ? 0 : logs.port());
    }

    /**
     * Starts a node. Blocks until it has seen which pods there are.
     *
     * @param client talks to the API server
     * @param options how the node is to be
     * @return the node
     * @throws UncheckedIOException when there is no room for its files
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the node may not see pods
     */
    public static NodeRuntime start(KubernetesClient client, NodeOptions options) {
        NodeRuntime runtime;
        try {
            runtime = new NodeRuntime(client, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            runtime.run();
        } catch (RuntimeException e) {
            runtime.close();
            throw e;
        }
        return runtime;
    }

    private void run() {
        Runtime.getRuntime().addShutdownHook(atExit);
        registration.register();
        Duration heartbeat = options.times().heartbeat();
        if (heartbeat != null) {
            api.repeat(heartbeat, () -> {
                if (!api.isPaused()) {
                    registration.beat();
                    if (looking) {
                        looking = lookUntil - System.nanoTime() > 0;
                        look();
                    }
                }
            });
        }
        options.scope().namespaces().forEach(this::watch);
        api.whenBack(this::watchAgain);
    }

    private SharedIndexInformer<Pod> watch(String namespace) {
        SharedIndexInformer<Pod> informer = client.pods().inNamespace(namespace).runnableInformer(0);
        informers.put(namespace, informer);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                loop.seen(pod);
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                loop.seen(pod);
            }

            @Override
            public void onDelete(Pod pod, boolean unknown) {
                loop.gone(pod);
            }
        });
        // Only what goes wrong before it has begun is told to the caller.
        informer.exceptionHandler((started, failure) -> started);
        informer.run();
        return informer;
    }

    /**
     * When the API server was away: the client's WebSocket, by which the informer watches, does not always notice that it was
     * closed, and the node would be blind from then on.
     */
    private void watchAgain() {
        lookUntil = System.nanoTime() + LOOK.toNanos();
        looking = true;
        look();
        try {
            // Whoever closes holds it, and interrupts this.
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            if (!closed) {
                replaceInformers();
            }
        } finally {
            lock.unlock();
        }
    }

    private void replaceInformers() {
        for (String namespace : options.scope().namespaces()) {
            SharedIndexInformer<Pod> blind = informers.get(namespace);
            if (blind != null) {
                blind.close();
            }
            watch(namespace);
        }
    }

    /** Sees all pods as they are now, without an informer. Blocks. */
    private void look() {
        for (String namespace : options.scope().namespaces()) {
            List<Pod> before =
                    loop
                            .ask(() -> loop.living(
                                    pod -> pod.getMetadata().getNamespace().equals(namespace)))
                            .stream()
                            .map(PodRun::pod)
                            .toList();
            List<Pod> now = api.client().pods().inNamespace(namespace).list().getItems();
            Set<String> there =
                    now.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
            before.stream()
                    .filter(pod -> !there.contains(pod.getMetadata().getUid()))
                    .forEach(loop::gone);
            now.forEach(loop::seen);
        }
    }

    public PodLoop loop() {
        return loop;
    }

    public NodeOptions options() {
        return options;
    }

    public List<Pod> pods() {
        return loop.ask(() -> loop.living(pod -> true)).stream()
                .map(PodRun::pod)
                .toList();
    }

    /**
     * What a container has written since its last start.
     *
     * @param namespace of the pod
     * @param pod its name; of several, the latest one is meant
     * @param container its name, empty for the first
     * @return the text, or null when there is no such container here
     */
    public @Nullable String log(String namespace, String pod, String container) {
        Optional<ContainerRun> run = loop.find(namespace, pod, container);
        try {
            return run.isPresent() ? run.get().readLog() : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The process of a container.
     *
     * @param namespace of the pod
     * @param pod its name
     * @param container its name, empty for the first
     * @return the process, if it runs
     */
    public Optional<ProcessHandle> process(String namespace, String pod, String container) {
        return loop.find(namespace, pod, container).flatMap(ContainerRun::handle);
    }

    /** Ends everything; the second time, nothing. */
    public void close() {
        lock.lock();
        try {
            end();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM ends already, and the hook does the same as this.
            return;
        }
        try {
            informers.values().forEach(SharedIndexInformer::close);
        } finally {
            loop.close();
            registration.unregister();
            api.close();
            if (logs != null) {
                logs.close();
            }
        }
        removeFiles();
    }

    /** When the JVM ends: nothing is told to the API server. */
    private void abandon() {
        loop.abandon();
        removeFiles();
    }

    private void removeFiles() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The files of node " + options.name() + " cannot be removed.", e);
        }
    }
}
