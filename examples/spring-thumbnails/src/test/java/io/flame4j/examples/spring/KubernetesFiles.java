package io.flame4j.examples.spring;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.flame4j.deploy.ApplicationPods;
import io.flame4j.deploy.StrictYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files under kubernetes. */
final class KubernetesFiles {

    static final Path FOLDER = Path.of("kubernetes");

    private KubernetesFiles() {}

    static JsonNode kustomization() throws IOException {
        return StrictYaml.tree(Files.readString(FOLDER.resolve("kustomization.yaml")));
    }

    /** That of deploy/kubernetes with the patch on it. An API server applies it, by the rules that kustomize has too. */
    static Deployment deployment(KubernetesClient server, String namespace) throws IOException {
        Deployment base = ApplicationPods.of(Deployment.class, ApplicationPods.deployFiles())
                .get(0);
        base.getMetadata().setNamespace(namespace);
        server.resource(base).create();
        String patch = Files.readString(FOLDER.resolve("deployment-patch.yaml"));
        try {
            return server.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName(base.getMetadata().getName())
                    .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
        } finally {
            server.resource(base).delete();
        }
    }
}
