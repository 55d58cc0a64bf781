package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a node says to the API server. Requests for one pod are made one after the other, each until it succeeds or cannot
 * any more; of several statuses that wait, the last one.
 *
 * <p>Thread-safe. Its few threads make the requests and may block; the monitor guards what waits, and no request is made
 * under it.
 */
public final class NodeApi {

    /** One request for a pod. */
    private record Write(Pod pod, boolean status, Runnable request) {}

    private static final Logger LOGGER = System.getLogger("io.flame4j.testkit.kubernetes");
    private static final int THREADS = 3;
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int INVALID = 422;
    private static final Set<Integer> FINAL = Set.of(404, 409, INVALID);

    private final KubernetesClient client;
    private final ScheduledThreadPoolExecutor executor;
    private final Map<String, Deque<Write>> waiting = new HashMap<>();

    /** The pods of which a request is under way. */
    private final Set<String> busy = new HashSet<>();

    private boolean paused;

    /** Whether the last request has found no API server. */
    private boolean away;

    private Runnable whenBack = () -> {};

    NodeApi(KubernetesClient given, ThreadFactory threads) {
        // Requests are repeated here, where they do not keep others waiting for minutes.
        client = given.newClient(new RequestConfigBuilder()
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .adapt(KubernetesClient.class);
        executor = new ScheduledThreadPoolExecutor(THREADS, threads);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    KubernetesClient client() {
        return client;
    }

    /** Does something that may block. */
    void execute(Runnable task) {
        try {
            executor.execute(() -> logged(task));
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.TRACE, "the node is closed", e);
        }
    }

    /** Makes requests again and again. */
    void repeat(Duration period, Runnable requests) {
        Runnable noticing = () -> {
            try {
                requests.run();
                reached();
            } catch (KubernetesClientException e) {
                notReached(e);
                throw e;
            }
        };
        executor.scheduleWithFixedDelay(() -> logged(noticing), 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does something that may block each time when the API server answers again, until it succeeds. */
    synchronized void whenBack(Runnable task) {
        whenBack = task;
    }

    private void reached() {
        Runnable task;
        synchronized (this) {
            if (!away) {
                return;
            }
            away = false;
            task = whenBack;
        }
        execute(() -> {
            try {
                task.run();
            } catch (KubernetesClientException e) {
                synchronized (this) {
                    away = true;
                }
                throw e;
            }
        });
    }

    private synchronized void notReached(KubernetesClientException failure) {
        // Negative when nothing has answered.
        away |= failure.getCode() < 0;
    }

    private static void logged(Runnable task) {
        try {
            task.run();
        } catch (KubernetesClientException e) {
            LOGGER.log(Level.WARNING, "a request of the node failed: " + e.getMessage());
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "the node has failed", e);
        }
    }

    // Writes, in order for each pod

    /** Tells the status of a pod. */
    void status(Pod pod, List<Map<String, Object>> patch) {
        String text = Serialization.asJson(patch);
        add(new Write(pod, true, () -> pods(pod).subresource("status").patch(PatchContext.of(PatchType.JSON), text)));
    }

    /** Gives a pod to a node; where the API has no bindings, by changing the pod. */
    void bind(Pod pod, String node) {
        Map<String, Object> binding = Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Binding",
                "metadata",
                Map.of(
                        "name", pod.getMetadata().getName(),
                        "namespace", pod.getMetadata().getNamespace(),
                        "uid", pod.getMetadata().getUid()),
                "target",
                Map.of("apiVersion", "v1", "kind", "Node", "name", node));
        add(new Write(pod, false, () -> {
            try {
                client.raw(path(pod) + "/binding", "POST", binding);
            } catch (KubernetesClientException e) {
                Pod now = e.getCode() < BAD_REQUEST ? null : pods(pod).get();
                if (now == null || !isEmpty(now.getSpec().getNodeName())) {
                    throw e;
                }
                pods(pod)
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                Serialization.asJson(Map.of("spec", Map.of("nodeName", node))));
            }
        }));
    }

    /** Removes a pod that has ended, for good. */
    void remove(Pod pod) {
        add(new Write(pod, false, () -> delete(pod, 0L)));
    }

    /** Asks for the deletion of a pod, with its own grace, as somebody else would. */
    void delete(Pod pod) {
        add(new Write(pod, false, () -> delete(pod, null)));
    }

    private void delete(Pod pod, @Nullable Long grace) {
        Map<String, Object> options = new HashMap<>(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "DeleteOptions",
                "preconditions",
                Map.of("uid", pod.getMetadata().getUid())));
        if (grace != null) {
            options.put("gracePeriodSeconds", grace);
        }
        client.raw(path(pod), "DELETE", options);
    }

    private io.fabric8.kubernetes.client.dsl.PodResource pods(Pod pod) {
        return client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName());
    }

    private static String path(Pod pod) {
        return "/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                + pod.getMetadata().getName();
    }

    private static boolean isEmpty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    private void add(Write write) {
        String uid = write.pod().getMetadata().getUid();
        synchronized (this) {
            Deque<Write> queue = waiting.computeIfAbsent(uid, key -> new ArrayDeque<>());
            Write last = queue.peekLast();
            boolean underWay = queue.size() == 1 && busy.contains(uid);
            if (write.status() && last != null && last.status() && !underWay) {
                queue.removeLast();
            }
            queue.add(write);
        }
        execute(() -> writeNext(uid));
    }

    private void writeNext(String uid) {
        Write write;
        synchronized (this) {
            Deque<Write> queue = waiting.get(uid);
            if (queue == null || paused || !busy.add(uid)) {
                return;
            }
            write = queue.element();
        }
        boolean done = false;
        try {
            done = attempt(write);
        } finally {
            if (finish(uid, done)) {
                execute(() -> writeNext(uid));
            }
        }
        if (!done) {
            again(uid);
        }
    }

    /** Makes a request, and says whether that is the end of it. */
    private boolean attempt(Write write) {
        try {
            write.request().run();
            reached();
            return true;
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.DEBUG, "the client is closed", e);
            return false;
        } catch (KubernetesClientException e) {
            notReached(e);
            // Gone, or another pod of that name, or on another node, or nonsense?
            boolean over = FINAL.contains(e.getCode());
            Level level = e.getCode() == INVALID || e.getCode() == FORBIDDEN ? Level.WARNING : Level.DEBUG;
            LOGGER.log(
                    level,
                    "a request of the node for pod " + write.pod().getMetadata().getName() + " failed: "
                            + e.getMessage());
            return over;
        }
    }

    /** Whether there is more to do for this pod at once. */
    private synchronized boolean finish(String uid, boolean done) {
        busy.remove(uid);
        Deque<Write> queue = waiting.get(uid);
        if (queue == null || !done) {
            return false;
        }
        queue.remove();
        if (queue.isEmpty()) {
            waiting.remove(uid);
        }
        return !queue.isEmpty();
    }

    private void again(String uid) {
        try {
            executor.schedule(() -> logged(() -> writeNext(uid)), RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.TRACE, "the node is closed", e);
        }
    }

    /** Says nothing more until {@link #resume()}. */
    synchronized void pause() {
        paused = true;
    }

    void resume() {
        List<String> uids;
        synchronized (this) {
            paused = false;
            uids = List.copyOf(waiting.keySet());
        }
        uids.forEach(uid -> execute(() -> writeNext(uid)));
    }

    synchronized boolean isPaused() {
        return paused;
    }

    // Reading

    /** Looks Secrets and ConfigMaps up; for a thread of {@link #execute}. */
    Environment.Sources sources(String namespace) {
        return new Environment.Sources() {
            @Override
            public @Nullable Secret secret(String name) {
                return client.secrets().inNamespace(namespace).withName(name).get();
            }

            @Override
            public @Nullable ConfigMap configMap(String name) {
                return client.configMaps().inNamespace(namespace).withName(name).get();
            }
        };
    }

    /** Interrupts what is under way, and waits for the threads. */
    void close() {
        executor.shutdownNow();
        Threads.awaitEnd(executor);
    }
}
