package io.flame4j.kubernetes.internal.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.JvmCommand;
import io.flame4j.backend.Jvms;
import io.flame4j.kubernetes.Entrypoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the container of a runner executes. */
class RunnerStartTest {

    private static final String JAVA = "/opt/java/openjdk/bin/java";
    private static final String RUNNER = "io.flame4j.internal.runner.RunnerMain";
    private static final String SPRING = "org.springframework.boot.loader.launch.PropertiesLauncher";

    @Test
    void every_kind_of_start() {
        assertThat(started(Jvms.classPath("/a:/b"))).containsExactly(JAVA, "-cp", "/a:/b", RUNNER);
        assertThat(started(Jvms.plainJar("app.jar"))).containsExactly(JAVA, "-cp", "app.jar", RUNNER);
        assertThat(started(Jvms.springBootJar("app.jar")))
                .containsExactly(JAVA, "-cp", "app.jar", "-Dloader.main=" + RUNNER, SPRING);
        assertThat(started(Jvms.modular()))
                .containsExactly(
                        JAVA,
                        "--add-modules=java.sql",
                        "-p",
                        "/app/mods",
                        "--add-modules=acme.app",
                        "-m",
                        "io.flame4j.core/" + RUNNER);
        assertThat(started(Jvms.nested("quarkus-run.jar"))).containsExactly(JAVA, "-jar", "quarkus-run.jar");
    }

    @Test
    void options_that_two_jvms_cannot_share_are_dropped_and_others_kept() {
        JvmCommand jvm = Jvms.classPath(
                "/a",
                "-XX:MaxRAMPercentage=75",
                "-agentlib:jdwp=server=y",
                "-Dcom.sun.management.jmxremote.port=9010",
                "-XX:+HeapDumpOnOutOfMemoryError",
                "-javaagent:/otel.jar=x");

        assertThat(started(jvm))
                .containsExactly(JAVA, "-XX:MaxRAMPercentage=75", "-javaagent:/otel.jar=x", "-cp", "/a", RUNNER);
    }

    @Test
    void dollar_signs_stay_what_they_are() {
        assertThat(started(Jvms.classPath("/a", "-Da=$(POD_IP)$$"))).contains("-Da=$$(POD_IP)$$$$");
    }

    @Test
    void another_image_has_its_java_somewhere_else() {
        Fixture parent = simple(Jvms.classPath("/a"));
        parent.options.image("other:1");

        assertThat(parent.runner().getCommand()).containsExactly("java");

        Fixture same = simple(Jvms.classPath("/a"));
        same.options.image("registry.example.com/web:1.4.2");

        assertThat(same.runner().getCommand()).containsExactly(JAVA);
    }

    @Test
    void another_image_for_a_buildpack_parent_is_one_of_the_same_kind() {
        Fixture parent = simple(Jvms.buildpack());
        parent.options.manifest("spec: {containers: [{image: 'other:1'}]}");

        assertThat(parent.runner().getCommand()).containsExactly("/cnb/lifecycle/launcher", "--", "java");
    }

    @Test
    void entry_point_of_the_image() {
        Fixture parent = withCommand("/entry.sh", "serve");
        parent.options.command(Entrypoint.IMAGE).manifest("spec: {containers: [{args: [x]}]}");

        assertThat(parent.runner().getCommand()).isEmpty();
        assertThat(parent.runner().getArgs()).isEmpty();
        assertThat(variable(parent.runner(), "JAVA_TOOL_OPTIONS").getValue()).contains("jdwp");
        assertThat(parent.runner().getWorkingDir()).isNull();
    }

    @Test
    void entry_point_of_the_parent() {
        Fixture parent = withCommand("/entry.sh", "serve");
        parent.options.command(Entrypoint.PARENT);

        assertThat(parent.runner().getCommand()).containsExactly("/entry.sh");
        assertThat(parent.runner().getArgs()).containsExactly("serve");
    }

    @Test
    void command_of_the_manifest_and_of_the_option() {
        Fixture parent = simple(Jvms.classPath("/a"));
        parent.options.manifest("spec: {containers: [{args: [run]}]}");
        assertThat(parent.runner().getCommand()).isEmpty();
        assertThat(parent.runner().getArgs()).containsExactly("run");

        parent.options.jvmOptions("-Xmx1g");
        assertThat(parent.build().warnings()).anyMatch(warning -> warning.contains("jvmOptions have no effect"));

        parent.options.jvmOptions().command(List.of("java", "@/app/args"));
        assertThat(parent.runner().getCommand()).containsExactly("java", "@/app/args");
        assertThat(parent.runner().getArgs()).isEmpty();

        parent.options.command(Entrypoint.JVM);
        assertThat(parent.runner().getCommand()).containsExactly(JAVA);
    }

    @Test
    void working_directory() {
        assertThat(simple(Jvms.classPath("a")).startedIn("/srv").runner().getWorkingDir())
                .isEqualTo("/srv");

        Fixture parent = simple(Jvms.classPath("a")).startedIn("/srv");
        parent.options.manifest("spec: {containers: [{workingDir: /mine}]}");
        assertThat(parent.runner().getWorkingDir()).isEqualTo("/mine");
    }

    @Test
    void variables_whose_options_are_in_the_command_are_hidden() {
        Fixture fromImage = Fixture.parent("istio").variables(Map.of("JDK_JAVA_OPTIONS", "-Xmx1g", "OTHER", "x"));
        assertThat(variable(fromImage.runner(), "JDK_JAVA_OPTIONS").getValue()).isEmpty();
        assertThat(names(fromImage.runner())).doesNotContain("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

        fromImage.options.manifest("spec: {containers: [{env: [{name: JDK_JAVA_OPTIONS, value: -Da=b}]}]}");
        assertThat(variable(fromImage.runner(), "JDK_JAVA_OPTIONS").getValue()).isEqualTo("-Da=b");
    }

    @Test
    void heap_that_was_sized_for_the_parent() {
        Fixture parent = simple(Jvms.classPath("/a", "-Xmx1500m"));
        assertThat(parent.build().warnings()).noneMatch(warning -> warning.contains("heap"));

        parent.options.resources(Map.of(), Map.of("memory", "8Gi"));
        assertThat(parent.build().warnings())
                .anyMatch(
                        warning -> warning.contains("8Gi") && warning.contains("2Gi") && warning.contains("-Xmx1500m"));

        parent.options.jvmOptions("-XX:MaxRAMPercentage=75");
        assertThat(parent.runner().getArgs())
                .startsWith("-XX:MaxRAMPercentage=75")
                .doesNotContain("-Xmx1500m");
        assertThat(parent.build().warnings()).noneMatch(warning -> warning.contains("heap"));
    }

    @Test
    void class_path_that_is_too_long_for_an_argument() {
        assertThatThrownBy(() -> simple(Jvms.classPath("/x".repeat(70_000))).build())
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("140000 characters");
    }

    @Test
    void parent_that_is_not_in_a_pod() {
        Fixture parent = Fixture.outsideOfAPod();
        parent.options.image("app:1");
        assertThatThrownBy(parent::build)
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        e -> assertThat(e.isPermanent()).isTrue())
                .hasMessageContaining("does not run in a pod")
                .hasMessageContaining("Entrypoint.IMAGE");

        parent.options.command(Entrypoint.IMAGE);
        assertThat(parent.runner().getImage()).isEqualTo("app:1");
        assertThat(parent.pod().getMetadata().getGenerateName()).isEqualTo("thumbs-flame-");
        assertThat(parent.pod().getMetadata().getNamespace()).isEqualTo("dev");
        assertThat(parent.pod().getMetadata().getOwnerReferences()).isEmpty();
    }

    private static List<String> started(JvmCommand jvm) {
        Container runner = simple(jvm).runner();
        List<String> all = new ArrayList<>(runner.getCommand());
        all.addAll(runner.getArgs());
        return all;
    }

    private static Fixture simple(JvmCommand jvm) {
        return Fixture.parent("rich").jvm(jvm).claimModes(Map.of("pictures", List.of("ReadWriteMany")));
    }

    private static Fixture withCommand(String command, String argument) {
        return Fixture.parent(new PodBuilder(Fixture.parent("rich").parentPod())
                .editSpec()
                .editFirstContainer()
                .withCommand(command)
                .withArgs(argument)
                .endContainer()
                .endSpec()
                .build());
    }

    private static List<String> names(Container container) {
        return container.getEnv().stream().map(EnvVar::getName).toList();
    }

    private static EnvVar variable(Container container, String name) {
        return container.getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
