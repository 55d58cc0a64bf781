package io.flame4j.kubernetes.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeftoversTest {

    private static final Pod OLD = TestPods.createdAt(TestPods.runner("p-1", "before", "1"), "2026-03-01T09:00:00Z");
    private static final Pod NEW = TestPods.createdAt(TestPods.runner("p-1", "beside", "2"), "2026-03-01T11:00:00Z");

    @Test
    void pods_of_a_container_that_was_restarted_since_are_of_the_past() {
        Pod parent = TestPods.parent(1, "2026-03-01T10:00:00Z");

        assertThat(Leftovers.ofThePast(parent, "app", null, List.of(OLD, NEW))).containsExactly(OLD);
    }

    @Test
    void nothing_is_of_the_past_of_a_container_that_was_started_once() {
        Pod parent = TestPods.parent(0, "2026-03-01T10:00:00Z");

        assertThat(Leftovers.ofThePast(parent, "app", null, List.of(OLD, NEW))).isEmpty();
    }

    @Test
    void the_process_may_know_its_start_before_the_node_has_told_it() {
        Pod parent = TestPods.parent(0, "2026-03-01T08:00:00Z");
        Instant started = Instant.parse("2026-03-01T10:00:00Z");

        assertThat(Leftovers.ofThePast(parent, "app", started, List.of(OLD, NEW)))
                .containsExactly(OLD);
        assertThat(Leftovers.ofThePast(parent, "sidecar", started, List.of(OLD, NEW)))
                .as("another container's start says nothing")
                .isEmpty();
    }

    @Test
    void clocks_that_differ_a_little_make_no_runner_of_this_container_one_of_the_past() {
        // Started at 10:00:00.9 by the node's clock; an API server whose clock is two seconds behind cuts fractions
        // off.
        Pod first = TestPods.createdAt(TestPods.runner("p-1", "beside", "1"), "2026-03-01T09:59:58Z");
        Instant started = Instant.parse("2026-03-01T10:00:00.900Z");

        assertThat(Leftovers.ofThePast(TestPods.parent(1, "2026-03-01T10:00:00Z"), "app", started, List.of(first)))
                .isEmpty();
    }

    @Test
    void all_runners_of_a_process_are_of_the_past_when_one_clearly_is() {
        Pod last = TestPods.createdAt(TestPods.runner("p-2", "before", "2"), "2026-03-01T09:59:58Z");
        Pod parent = TestPods.parent(1, "2026-03-01T10:00:00Z");

        assertThat(Leftovers.ofThePast(parent, "app", null, List.of(last, OLD))).containsExactlyInAnyOrder(OLD, last);
    }

    @Test
    void a_process_that_has_made_a_runner_since_is_not_of_the_past_whatever_the_times_of_others_say() {
        Pod later = TestPods.createdAt(TestPods.runner("p-2", "before", "2"), "2026-03-01T10:00:00Z");
        Pod parent = TestPods.parent(1, "2026-03-01T10:00:00Z");

        assertThat(Leftovers.ofThePast(parent, "app", null, List.of(later, OLD)))
                .isEmpty();
    }

    @Test
    void own_pods_those_being_deleted_and_those_kept_on_purpose_are_left_alone() {
        Pod own = TestPods.runner("p-1", "now", "3");
        Pod leaving = new PodBuilder(OLD)
                .editMetadata()
                .withDeletionTimestamp("2026-03-01T10:00:00Z")
                .endMetadata()
                .build();
        Pod kept = new PodBuilder(TestPods.inPhase(OLD, "Failed"))
                .editMetadata()
                .addToAnnotations(Leftovers.KEEP_FAILED, "true")
                .endMetadata()
                .build();
        Pod keptButAlive = TestPods.inPhase(kept, "Running");

        assertThat(Leftovers.ofOthers("now", List.of(own, leaving, kept, keptButAlive, NEW)))
                .containsExactly(keptButAlive, NEW);
    }
}
