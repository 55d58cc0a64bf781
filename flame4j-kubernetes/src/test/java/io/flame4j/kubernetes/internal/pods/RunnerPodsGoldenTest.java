package io.flame4j.kubernetes.internal.pods;

import io.flame4j.backend.Jvms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whole pods, from parents of every kind. {@link GoldenFile} says how to write the files anew. */
class RunnerPodsGoldenTest {

    private static final String DEBUG = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n";

    @Test
    void deployment_with_two_containers_and_every_kind_of_variable_and_volume() {
        Fixture parent = rich();

        GoldenFile.check("rich.yaml", Fixture.describe(parent.build()));
    }

    @Test
    void everything_overridden() {
        Fixture parent = rich();
        parent.options
                .manifest(Fixture.text("/manifests/everything.yaml"))
                .image("registry.example.com/web-gpu:1.4.2")
                .env("PORT", "9000")
                .env("DB_USER", "runner")
                .secretEnv(Map.of("DB_PASSWORD", "s3cret"))
                .resources(Map.of("cpu", "3"), Map.of())
                .gpu(1)
                .labels(Map.of("role", "runner"))
                .annotations(Map.of("example.com/note", "short-lived"))
                .jvmOptions("-Xmx3g")
                .activeDeadline(Duration.ofHours(1))
                .customize(pod -> pod.editSpec().withPriorityClassName("batch").endSpec());

        GoldenFile.check("everything-overridden.yaml", Fixture.describe(parent.build()));
    }

    @Test
    void istio() {
        Fixture parent =
                Fixture.parent("istio").jvm(Jvms.plainJar("/srv/api.jar")).startedIn("/srv");

        GoldenFile.check("istio.yaml", Fixture.describe(parent.build()));
    }

    @Test
    void restricted_pod_security() {
        Fixture parent = Fixture.parent("restricted")
                .jvm(Jvms.springBootJar(
                        "report.jar", "-javaagent:/agent/otel.jar=service=report", "-javaagent:lib/metrics.jar"));

        GoldenFile.check("restricted.yaml", Fixture.describe(parent.build()));
    }

    @Test
    void gpu() {
        Fixture parent = Fixture.parent("gpu").jvm(Jvms.classPath("/app/*", "-XX:MaxRAMPercentage=50"));
        parent.options.gpu(2);

        GoldenFile.check("gpu.yaml", Fixture.describe(parent.build()));
    }

    @Test
    void image_made_by_jib() {
        Fixture parent = Fixture.parent("jib")
                .jvm(Jvms.jib("-XX:+UseSerialGC", "-Dquoted=a $(b) c"))
                .startedIn("/")
                .variables(Map.of("JDK_JAVA_OPTIONS", "-XX:+UseSerialGC"));

        GoldenFile.check("jib.yaml", Fixture.describe(parent.build()));
    }

    @Test
    void image_made_by_buildpacks() {
        String computed = "-Dspring.profiles.active=prod \"-Dgreeting=good day\" -XX:+HeapDumpOnOutOfMemoryError"
                + " -Xmx600m -Djavax.net.ssl.trustStore=/tmp/truststore";
        Fixture parent = Fixture.parent("buildpack")
                .jvm(Jvms.buildpack(
                        "-Dspring.profiles.active=prod",
                        "-Dgreeting=good day",
                        "-XX:+HeapDumpOnOutOfMemoryError",
                        "-Xmx600m",
                        "-Djavax.net.ssl.trustStore=/tmp/truststore",
                        "-Dfrom.command.line=yes"))
                .startedIn("/workspace")
                .variables(Map.of("JAVA_TOOL_OPTIONS", computed, "BPL_DEBUG_ENABLED", "true"));
        parent.options.resources(Map.of(), Map.of("memory", "4Gi"));

        GoldenFile.check("buildpack.yaml", Fixture.describe(parent.build()));
    }

    @Test
    void stateful_set_with_claims() {
        Fixture parent = Fixture.parent("statefulset").claimModes(Map.of("shared", List.of("ReadWriteMany")));

        GoldenFile.check("statefulset.yaml", Fixture.describe(parent.build()));
    }

    private static Fixture rich() {
        return Fixture.parent("rich")
                .jvm(Jvms.classPath("/app/classes:/app/lib/a.jar", "-XX:MaxRAMPercentage=70", DEBUG))
                .variables(Map.of("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=70 " + DEBUG))
                .claimModes(Map.of("pictures", List.of("ReadWriteMany")));
    }
}
