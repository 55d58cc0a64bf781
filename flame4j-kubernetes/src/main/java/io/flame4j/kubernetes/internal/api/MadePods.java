package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.flame4j.kubernetes.internal.api.ApiCall.Target;
import io.flame4j.kubernetes.internal.api.Attempts.Outcome;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pod to create. It is marked, since the server may choose its name, and labels alone need not be those of one pod.
 */
record MadePods(Pod pod, String mark, KubernetesSerialization serialization, Consumer<Pod> delete)
        implements Creation.Made<Pod> {

    /** The annotation that marks what one call to create something made, so that it is found when the answer was lost. */
    static final String MARK = RunnerLabels.PREFIX + "creation";

    static MadePods of(Pod pod, KubernetesSerialization serialization, Consumer<Pod> delete) {
        String mark = UUID.randomUUID().toString();
        Pod marked = new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(MARK, mark)
                .endMetadata()
                .build();
        return new MadePods(marked, mark, serialization, delete);
    }

    ApiCall call() {
        Target target = Target.all("pods", pod.getMetadata().getNamespace());
        return ApiCall.create(target, serialization.asJson(pod), Redaction.secretsOf(pod));
    }

    @Override
    public Pod read(ApiAnswer answer) {
        return serialization.unmarshal(answer.body(), Pod.class);
    }

    @Override
    public ApiCall lookUp() {
        Map<String, String> labels = new LinkedHashMap<>();
        Map<String, String> all = Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        for (String label : List.of(RunnerLabels.RUNNER, RunnerLabels.POOL, RunnerLabels.PARENT_LIFE)) {
            if (all.containsKey(label)) {
                labels.put(label, all.get(label));
            }
        }
        return ApiCall.list(
                Target.all("pods", pod.getMetadata().getNamespace()),
                Map.of("labelSelector", ApiCall.selector(labels)));
    }

    @Override
    public @Nullable List<Pod> found(Outcome look, boolean likely) {
        if (look.answer() == null) {
            return null;
        }
        return serialization.unmarshal(look.answer().body(), PodList.class).getItems().stream()
                .filter(each -> mark.equals(markOf(each)))
                .toList();
    }

    @Override
    public void delete(Pod unwanted) {
        delete.accept(unwanted);
    }

    static @Nullable String markOf(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(MARK);
    }

    /** Does not show the pod, whose variables may be secret. */
    @Override
    public String toString() {
        return "MadePods[" + mark + "]";
    }
}
