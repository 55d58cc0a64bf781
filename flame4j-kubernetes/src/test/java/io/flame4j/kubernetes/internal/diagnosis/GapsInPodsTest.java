package io.flame4j.kubernetes.internal.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Anything may be missing from what a cluster reports. Repeat a run with {@code -Dflame4j.seed=…}. */
class GapsInPodsTest {

    private static final Instant NOW = Instant.parse("2025-06-03T10:01:00Z");
    private static final int ROUNDS = 40;

    private final ObjectMapper mapper = new ObjectMapper();
    private final long seed = Long.getLong("flame4j.seed", 7);
    private final Random random = new Random(seed);

    @Test
    void something_is_said_of_every_pod_whatever_is_missing() {
        for (String directory : List.of("boot", "end")) {
            for (String name : PodFiles.in(directory)) {
                Pod whole = PodFiles.pod(directory, name);
                for (int round = 0; round < ROUNDS; round++) {
                    Pod pod = withGaps(whole);
                    assertThat(texts(pod))
                            .as(() -> "seed " + seed + ", " + name + ": " + Serialization.asYaml(pod))
                            .allSatisfy(text -> assertThat(text)
                                    .isNotBlank()
                                    .doesNotContain("null", "  ", "..", "()", ": .")
                                    .doesNotEndWith(" "));
                }
            }
        }
    }

    private static List<String> texts(Pod pod) {
        List<String> texts = new ArrayList<>();
        texts.add(EndDiagnosis.of(pod, false, List.of()).message());
        texts.add(EndDiagnosis.of(pod, true, List.of()).message());
        texts.add(BootDiagnosis.clue(pod, "10.0.0.7:4711", NOW));
        if (BootDiagnosis.of(pod, NOW, Duration.ZERO) instanceof BootVerdict.Failed failed) {
            texts.add(failed.message());
        }
        return texts;
    }

    /** Without one to three parts of its status and specification, but for what every pod has. */
    private Pod withGaps(Pod pod) {
        Map<String, Object> tree = mapper.convertValue(pod, new TypeReference<>() {});
        int gaps = 1 + random.nextInt(3);
        for (int i = 0; i < gaps; i++) {
            remove(tree.get(random.nextInt(4) == 0 ? "spec" : "status"));
        }
        return mapper.convertValue(tree, Pod.class);
    }

    private void remove(Object node) {
        if (node instanceof Map<?, ?> map && !map.isEmpty()) {
            List<?> keys = List.copyOf(map.keySet());
            Object key = keys.get(random.nextInt(keys.size()));
            Object child = map.get(key);
            boolean leaf = !(child instanceof Map || child instanceof List);
            boolean required = key.equals("name") || key.equals("containers") || key.equals("initContainers");
            if ((leaf || random.nextInt(4) == 0) && !required) {
                map.remove(key);
            } else {
                remove(child);
            }
        } else if (node instanceof List<?> list && !list.isEmpty()) {
            remove(list.get(random.nextInt(list.size())));
        }
    }
}
