package io.flame4j.docs;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.backend.Tls;
import io.flame4j.kubernetes.Doctor;
import io.flame4j.kubernetes.DoctorReport;
import io.flame4j.kubernetes.Entrypoint;
import io.flame4j.kubernetes.KubernetesBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The Java examples of README.md, docs/kubernetes.md and docs/kubernetes, compiled. Those that need no cluster are run by
 * {@link KubernetesSnippetsTest}.
 */
@SuppressWarnings("InputStreamSlowMultibyteRead")
final class KubernetesSnippets {

    private final byte[] picture = {7, 8};
    private final String licence = "secret";

    static final class Thumbnails {
        private Thumbnails() {}

        static byte[] of(byte[] picture) {
            return new byte[] {picture[0]};
        }
    }

    static final class Shop {
        private Shop() {}
    }

    byte[] readme() {
        byte[] picture = this.picture;
        // snippet: kubernetes-readme
        FlamePool pool = FlamePool.builder("thumbs")
                .backend(KubernetesBackend.create())
                .max(50)
                .maxConcurrency(2)
                .bootTimeout(Duration.ofMinutes(2))
                .timeout(Duration.ofMinutes(3))
                .build();
        byte[] thumbnail = pool.call(() -> Thumbnails.of(picture)); // runs in a pod
        // end
        return thumbnail;
    }

    byte[] quickstart() {
        byte[] picture = this.picture;
        // snippet: kubernetes-quickstart
        FlamePool pool = FlamePool.builder("thumbs")
                .backend(KubernetesBackend.create())
                .max(10)
                .maxConcurrency(2)
                .bootTimeout(Duration.ofMinutes(2))
                .timeout(Duration.ofMinutes(3))
                .build();
        byte[] thumbnail = pool.call(() -> Thumbnails.of(picture)); // runs in a pod
        // end
        return thumbnail;
    }

    void graceful() {
        // snippet: kubernetes-graceful
        FlamePool pool = FlamePool.builder("thumbs")
                .backend(KubernetesBackend.create())
                .shutdownHook(false)
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            finishRequests();
            pool.close();
        }));
        // end
    }

    private static void finishRequests() {}

    FlamePool replicas() {
        // snippet: kubernetes-replicas
        FlamePool pool = FlamePool.builder("thumbs")
                .backend(KubernetesBackend.builder().maxInNamespace(20).build())
                .max(10)
                .build();
        // end
        return pool;
    }

    KubernetesBackend mutual() {
        // snippet: kubernetes-mutual
        KubernetesBackend backend = KubernetesBackend.builder()
                .tls(Tls.mutual(Path.of("/etc/flame4j/tls"))
                        .parentName("shop.shop.svc")
                        .runnerName("shop.shop.svc"))
                .build();
        // end
        return backend;
    }

    KubernetesBackend outside() {
        // snippet: kubernetes-outside
        KubernetesBackend backend = KubernetesBackend.builder()
                .namespace("dev")
                .image("registry.example/shop:dev") // built from the same classes
                .command(Entrypoint.IMAGE) // its main calls FlameRunner.runIfRunner() first
                .advertiseAddress("192.168.1.20") // of this machine, as pods reach it
                .port(4711)
                .build();
        // end
        return backend;
    }

    KubernetesBackend options() {
        String licence = this.licence;
        // snippet: kubernetes-options
        KubernetesBackend backend = KubernetesBackend.builder()
                .resources(Map.of("cpu", "2", "memory", "2Gi"), Map.of("memory", "2Gi"))
                .env("OMP_NUM_THREADS", "2")
                .secretEnv(Map.of("LICENCE_KEY", licence))
                .labels(Map.of("team", "pictures"))
                .port(4711)
                .unschedulableGrace(Duration.ofMinutes(2))
                .activeDeadline(Duration.ofHours(12))
                .keepFailedPods(true)
                .build();
        // end
        return backend;
    }

    KubernetesBackend customize() {
        // snippet: kubernetes-customize
        KubernetesBackend backend = KubernetesBackend.builder()
                .manifest((parent, container) -> new PodBuilder()
                        .withNewMetadata()
                        .addToAnnotations(
                                "example.com/started-by", parent.getMetadata().getName())
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .endContainer()
                        .endSpec()
                        .build())
                .customize(pod -> pod.editSpec()
                        .addToAdditionalProperties("resources", Map.of("limits", Map.of("cpu", "4")))
                        .endSpec())
                .build();
        // end
        return backend;
    }

    FlamePool gpu() {
        // snippet: kubernetes-gpu
        FlamePool pool = FlamePool.builder("models")
                .backend(KubernetesBackend.builder()
                        .manifest(Shop.class.getResourceAsStream("runner.yaml"))
                        .image("registry.example/shop-gpu:7")
                        .gpu(1)
                        .build())
                .max(4)
                .maxConcurrency(1)
                .bootTimeout(Duration.ofMinutes(10)) // a node may have to be added first
                .timeout(Duration.ofMinutes(15))
                .idleShutdownAfter(Duration.ofMinutes(5)) // booting is expensive
                .build();
        // end
        return pool;
    }

    byte[] spot() {
        byte[] picture = this.picture;
        // snippet: kubernetes-spot
        FlamePool pool = FlamePool.builder("thumbs")
                .backend(KubernetesBackend.builder()
                        .manifest(Path.of("spot.yaml"))
                        .build())
                .shutdownTimeout(Duration.ofSeconds(15)) // what the cloud leaves to a pod
                .build();
        byte[] thumbnail =
                pool.call(() -> Thumbnails.of(picture), CallOptions.defaults().retries(2)); // may run again elsewhere
        // end
        return thumbnail;
    }

    void doctor(KubernetesBackend backend) throws InterruptedException {
        // snippet: kubernetes-doctor
        DoctorReport report = Doctor.examineAndBoot(backend, Duration.ofMinutes(2));
        System.out.println(report);
        // end
    }

    KubernetesBackend keep() {
        // snippet: kubernetes-keep
        KubernetesBackend backend = KubernetesBackend.builder()
                .keepFailedPods(true)
                .deletePodAfter(Duration.ofMinutes(10))
                .build();
        // end
        return backend;
    }
}
