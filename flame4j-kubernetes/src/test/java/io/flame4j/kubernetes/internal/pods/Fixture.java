package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.flame4j.backend.JvmCommand;
import io.flame4j.backend.Jvms;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.kubernetes.BuilderAccess;
import io.flame4j.kubernetes.KubernetesBackendBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parent and options, from which a runner's pod is built. */
final class Fixture {

    static final String TICKET = "pool=thumbs;runner=thumbs-7";
    static final String TOKEN = "c2VjcmV0";

    final KubernetesBackendBuilder options = BuilderAccess.builder();
    private final @Nullable Pod parent;
    private JvmCommand jvm = Jvms.classPath("/app/classes:/app/lib/a.jar");
    private String directory = "/app";
    private Map<String, String> variables = Map.of();
    private Map<String, List<String>> claimModes = Map.of();
    private Duration shutdownTimeout = Duration.ofSeconds(30);

    private Fixture(@Nullable Pod parent) {
        this.parent = parent;
    }

    static Fixture parent(String name) {
        return new Fixture(Serialization.unmarshal(text("/parents/" + name + ".yaml"), Pod.class));
    }

    static Fixture parent(Pod pod) {
        return new Fixture(pod);
    }

    static Fixture outsideOfAPod() {
        return new Fixture(null);
    }

    static String text(String resource) {
        try (InputStream stream = Fixture.class.getResourceAsStream(resource)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Fixture jvm(JvmCommand command) {
        jvm = command;
        return this;
    }

    Fixture startedIn(String where) {
        directory = where;
        return this;
    }

    Fixture variables(Map<String, String> found) {
        variables = found;
        return this;
    }

    Fixture claimModes(Map<String, List<String>> modes) {
        claimModes = modes;
        return this;
    }

    Fixture shutdownTimeout(Duration timeout) {
        shutdownTimeout = timeout;
        return this;
    }

    Pod parentPod() {
        return parent;
    }

    ParentFacts facts() {
        String namespace = parent == null ? "dev" : parent.getMetadata().getNamespace();
        return new ParentFacts(parent, namespace, "k3x9", new ParentJvm(jvm, directory, variables), claimModes);
    }

    RunnerPod build() {
        RunnerSpec spec = new RunnerSpec(
                "thumbs",
                "thumbs-7",
                Map.of("FLAME_PARENT", TICKET, "FLAME_PARENT_TOKEN", TOKEN),
                Duration.ofSeconds(30),
                shutdownTimeout);
        return RunnerPods.build(BuilderAccess.podOptions(options), facts(), spec);
    }

    Pod pod() {
        return build().pod();
    }

    Container runner() {
        return pod().getSpec().getContainers().get(0);
    }

    /** Everything that is sent, and what the user is told. */
    static String describe(RunnerPod runner) {
        StringBuilder text = new StringBuilder();
        runner.warnings().forEach(warning -> text.append("# ").append(warning).append('\n'));
        text.append(Serialization.asYaml(runner.pod()));
        if (runner.secret() != null) {
            text.append(Serialization.asYaml(runner.secret()));
        }
        return text.toString();
    }
}
