package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Objects;
import java.util.function.BiFunction;

/** What the user wants a runner's pod to be like, over what it inherits. */
public sealed interface Manifest {

    /** Says nothing. */
    record None() implements Manifest {}

    /** A pod, checked already. */
    final class Fixed implements Manifest {

        private final Pod pod;

        /** Takes a pod that {@link ManifestText} or {@link ManifestCheck} has passed. */
        public Fixed(Pod pod) {
            this.pod = new PodBuilder(pod).build();
        }

        Pod pod() {
            return pod;
        }
    }

    /** Computed from the parent's pod and its application container; checked when a runner is started. */
    record Computed(BiFunction<? super Pod, ? super Container, ? extends Pod> function) implements Manifest {

        /** Checks. */
        public Computed {
            Objects.requireNonNull(function, "function");
        }
    }
}
