package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What happens to the pods with some labels. */
public final class PodFeed implements AutoCloseable {

    /** Is told what happens, one thing at a time, in order, on one thread of the feed. */
    public interface Listener {
        /** A pod is new or has changed. */
        void changed(Pod pod);

        /** A pod is there no more. */
        void gone(Pod lastKnown);
    }

    private final Map<String, Pod> pods = new ConcurrentHashMap<>();
    private final SharedIndexInformer<Pod> informer;
    private final CompletableFuture<Void> synced;
    private final Identity identity;

    private PodFeed(
            KubernetesClient client,
            String namespace,
            Map<String, String> labels,
            Identity identity,
            Listener listener) {
        this.identity = identity;
        informer = client.pods().inNamespace(namespace).withLabels(labels).runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                pods.put(pod.getMetadata().getUid(), pod);
                listener.changed(pod);
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                onAdd(pod);
            }

            @Override
            public void onDelete(Pod pod, boolean unknown) {
                pods.remove(pod.getMetadata().getUid());
                listener.gone(pod);
            }
        });
        synced = informer.start().toCompletableFuture();
    }

    /** Begins to follow the pods with all these labels. Does not block. */
    public static PodFeed open(
            KubernetesClient client,
            String namespace,
            Map<String, String> labels,
            Identity identity,
            Listener listener) {
        return new PodFeed(client, namespace, Map.copyOf(labels), identity, listener);
    }

    /** The pods that are known now. */
    public List<Pod> pods() {
        return List.copyOf(pods.values());
    }

    /** Whether it lists once a second, since it may not watch. */
    public boolean isListing() {
        return false;
    }

    /** Waits until the first full list is known. */
    public void awaitSynced(Duration atMost) throws ApiException, InterruptedException {
        try {
            synced.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ApiException(
                    ApiException.Kind.UNAVAILABLE,
                    false,
                    "Could not list pods as " + identity.user() + " within " + atMost + ": " + e,
                    e);
        }
    }

    @Override
    public void close() {
        informer.close();
    }
}
