package io.flame4j.kubernetes.internal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.DoctorReport.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuotaCheckTest {

    private static final Map<String, String> NONE = Map.of();

    @Test
    void none() {
        assertThat(check(runner(NONE, NONE)).details()).isEqualTo("none");
    }

    @Test
    void that_may_not_be_listed() {
        Finding finding = QuotaCheck.of(new Lookups.Answer<>(null, "forbidden", 403), runner(NONE, NONE));

        assertThat(finding.outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(finding.details()).startsWith("may not list resourcequotas");
    }

    @Test
    void room_is_that_of_the_scarcest_resource() {
        Finding finding = check(
                runner(Map.of("cpu", "500m", "memory", "1Gi"), Map.of("memory", "2Gi")),
                quota("a", Map.of("requests.cpu", "4", "limits.memory", "20Gi"), Map.of("requests.cpu", "1")),
                quota("b", Map.of("pods", "10", "secrets", "1"), Map.of("pods", "7", "secrets", "1")));

        assertThat(finding.outcome()).isEqualTo(Outcome.GOOD);
        assertThat(finding.details()).isEqualTo("a, b: room for 3 more runners");
    }

    @Test
    void requests_that_are_not_set_are_the_limits() {
        Finding finding =
                check(runner(NONE, Map.of("memory", "1Gi")), quota("q", Map.of("requests.memory", "1536Mi"), NONE));

        assertThat(finding.details()).isEqualTo("q: room for 1 more runner");
    }

    @Test
    void no_room() {
        Finding finding = check(
                runner(Map.of("memory", "1Gi"), NONE),
                quota(
                        "compute",
                        Map.of("requests.memory", "4Gi", "pods", "100"),
                        Map.of("requests.memory", "3584Mi", "pods", "3")));

        assertThat(finding.outcome()).isEqualTo(Outcome.BAD);
        assertThat(finding.details())
                .isEqualTo("quota compute leaves no room: a runner asks for requests.memory 1Gi, and 3584Mi of 4Gi are"
                        + " used");
        ResourceQuota raised = Serialization.unmarshal(finding.remedy(), ResourceQuota.class);
        assertThat(raised.getSpec().getHard())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("requests.memory", new Quantity("4608Mi"), "pods", new Quantity("100")));
    }

    @Test
    void what_each_pod_must_set() {
        Finding finding = check(
                runner(Map.of("cpu", "1"), NONE),
                quota("q", Map.of("requests.cpu", "4", "limits.memory", "4Gi", "memory", "4Gi"), NONE));

        assertThat(finding.outcome()).isEqualTo(Outcome.BAD);
        assertThat(finding.details())
                .isEqualTo(
                        "quota q bounds limits.memory, so that each pod must set it, but the runner's does not; quota q"
                                + " bounds memory, so that each pod must set it, but the runner's does not");
        assertThat(finding.remedy()).contains("""
                resources:
                  requests:
                    memory: # a quantity
                  limits:
                    memory: # a quantity
                """);
    }

    @Test
    void containers_count_together() {
        Pod pod = new PodBuilder(runner(Map.of("cpu", "500m"), NONE))
                .editSpec()
                .addNewContainer()
                .withName("sidecar")
                .withNewResources()
                .addToRequests("cpu", new Quantity("500m"))
                .endResources()
                .endContainer()
                .endSpec()
                .build();

        assertThat(check(pod, quota("q", Map.of("cpu", "2"), NONE)).details()).isEqualTo("q: room for 2 more runners");
    }

    @Test
    void quotas_for_some_pods_alone_are_left_to_the_server() {
        ResourceQuota scoped = new ResourceQuotaBuilder(quota("q", Map.of("pods", "0"), NONE))
                .editSpec()
                .addToScopes("Terminating")
                .endSpec()
                .build();

        assertThat(check(runner(NONE, NONE), scoped).details()).isEqualTo("none for all pods");
    }

    @Test
    void storage_is_of_no_concern() {
        assertThat(check(runner(NONE, NONE), quota("q", Map.of("requests.storage", "1Gi"), NONE))
                        .details())
                .isEqualTo("q: bounds nothing that runners ask for");
    }

    @Test
    void what_a_quota_bounds_need_not_be_set_but_for_processors_and_memory() {
        Map<String, String> hard = Map.of(
                "requests.nvidia.com/gpu", "0",
                "requests.ephemeral-storage", "1Gi",
                "limits.ephemeral-storage", "1Gi",
                "requests.hugepages-2Mi", "0");

        Finding finding = check(runner(NONE, NONE), quota("q", hard, NONE));

        assertThat(finding.outcome()).isEqualTo(Outcome.GOOD);
        assertThat(finding.details()).isEqualTo("q: bounds nothing that runners ask for");
    }

    @Test
    void what_need_not_be_set_counts_where_it_is() {
        Pod pod = new PodBuilder(runner(NONE, Map.of("nvidia.com/gpu", "1")))
                .editSpec()
                .addNewContainer()
                .withName("sidecar")
                .endContainer()
                .endSpec()
                .build();

        Finding finding = check(pod, quota("q", Map.of("requests.nvidia.com/gpu", "3"), NONE));

        assertThat(finding.details()).isEqualTo("q: room for 3 more runners");
    }

    private static Finding check(Pod runner, ResourceQuota... quotas) {
        return QuotaCheck.of(new Lookups.Answer<>(List.of(quotas), "", 0), runner);
    }

    private static ResourceQuota quota(String name, Map<String, String> hard, Map<String, String> used) {
        ResourceQuotaBuilder quota = new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("shop")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .endStatus();
        hard.forEach((resource, value) ->
                quota.editSpec().addToHard(resource, new Quantity(value)).endSpec());
        used.forEach((resource, value) ->
                quota.editStatus().addToUsed(resource, new Quantity(value)).endStatus());
        return quota.build();
    }

    private static Pod runner(Map<String, String> requests, Map<String, String> limits) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("runner")
                .withNewResources()
                .endResources()
                .endContainer()
                .endSpec();
        requests.forEach((resource, value) -> pod.editSpec()
                .editFirstContainer()
                .editResources()
                .addToRequests(resource, new Quantity(value))
                .endResources()
                .endContainer()
                .endSpec());
        limits.forEach((resource, value) -> pod.editSpec()
                .editFirstContainer()
                .editResources()
                .addToLimits(resource, new Quantity(value))
                .endResources()
                .endContainer()
                .endSpec());
        return pod.build();
    }
}
