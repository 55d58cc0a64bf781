package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.flame4j.kubernetes.internal.pods.RunnerLabels;
import io.flame4j.testkit.kubernetes.ApiRequest;
import java.util.Map;
import java.util.function.Predicate;

/** What the tests of this package have in common. */
final class ApiTests {

    static final String NS = "shop";
    static final Map<String, String> LABELS = Map.of(RunnerLabels.PARENT, "app-1");

    private ApiTests() {}

    static Pod pod(String runner) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(NS)
                .withGenerateName("app-1-runner-")
                .addToLabels(LABELS)
                .addToLabels(RunnerLabels.RUNNER, runner)
                .addToLabels(RunnerLabels.POOL, "thumbs")
                .addToLabels(RunnerLabels.PARENT_LIFE, "life1")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("runner")
                .withImage("nowhere/app:1")
                .addNewEnv()
                .withName("FLAME_PARENT")
                .withValue("secret-of-" + runner)
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
    }

    static Secret secret(String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(NS)
                .withName(name)
                .endMetadata()
                .withType("Opaque")
                .withStringData(Map.of("FLAME_PARENT", "secret-of-" + name))
                .build();
    }

    static Predicate<ApiRequest> is(String verb, String resource) {
        return request -> request.is(verb, resource);
    }
}
