package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodStoreTest {

    private final PodStore store = new PodStore();

    private static PodBuilder pod(String uid, String version) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("runner")
                .withUid(uid)
                .withResourceVersion(version)
                .endMetadata();
    }

    @Test
    void a_pod_that_did_not_change_is_no_news() {
        assertThat(store.put(pod("u1", "5").build())).isTrue();
        assertThat(store.put(pod("u1", "5").build())).isFalse();
        assertThat(store.put(pod("u1", "6").build())).isTrue();
        assertThat(store.all()).hasSize(1);
    }

    @Test
    void pods_of_the_same_name_are_different_pods() {
        store.put(pod("u1", "5").build());
        Pod second = pod("u2", "7").build();
        assertThat(store.missingIn(List.of(second)))
                .singleElement()
                .satisfies(missing -> assertThat(missing.getMetadata().getUid()).isEqualTo("u1"));
        assertThat(store.put(second)).isTrue();
        assertThat(store.remove(pod("u1", "6").build())).isTrue();
        assertThat(store.remove(pod("u1", "6").build())).isFalse();
        assertThat(store.all()).containsExactly(second);
    }

    @Test
    void a_list_is_told_in_the_order_in_which_it_was_written() {
        List<Pod> list = List.of(
                pod("a", "100").build(), pod("b", "99").build(), pod("c", "101").build());
        assertThat(PodStore.inOrder(list))
                .extracting(pod -> pod.getMetadata().getUid())
                .containsExactly("b", "a", "c");
    }

    @Test
    void what_is_long_or_secret_is_not_kept() {
        Pod pod = pod("u1", "5")
                .editMetadata()
                .addNewManagedField()
                .withManager("kubelet")
                .endManagedField()
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}")
                .addToAnnotations("kept", "yes")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("runner")
                .withImage("app:1")
                .withCommand("java")
                .withArgs("Main")
                .addNewEnv()
                .withName("FLAME_PARENT")
                .withValue("token")
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
        store.put(pod);
        Pod kept = store.all().get(0);
        assertThat(kept.getMetadata().getManagedFields()).isEmpty();
        assertThat(kept.getMetadata().getAnnotations()).containsOnlyKeys("kept");
        assertThat(kept.getSpec().getContainers().get(0).getImage()).isEqualTo("app:1");
        assertThat(kept.toString()).doesNotContain("token").doesNotContain("java");
    }
}
