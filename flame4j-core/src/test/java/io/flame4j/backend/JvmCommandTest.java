package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.backend.JvmCommand.Start;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From how a JVM was started to how its runners are; pure. */
class JvmCommandTest {

    private static final String RUNNER = "io.flame4j.internal.runner.RunnerMain";
    private static final String NEW_LAUNCHER = "org.springframework.boot.loader.launch.PropertiesLauncher";
    private static final String OLD_LAUNCHER = "org.springframework.boot.loader.PropertiesLauncher";

    private List<String> options = List.of();
    private String classPath = "";
    private @Nullable String modulePath;
    private @Nullable String mainModule;
    private String command = "com.acme.Main";
    private @Nullable String flameModule;
    private boolean visible = true;
    private boolean windows;
    private JvmFacts.@Nullable Archive archive;

    @Test
    void class_path_start() {
        classPath = "/app/classes:/app/lib/a.jar";

        assertThat(command().start()).isEqualTo(Start.CLASS_PATH);
        assertThat(command().arguments()).containsExactly("/jdk/bin/java", "-cp", classPath, RUNNER);
    }

    @Test
    void plain_executable_jar_is_a_class_path() {
        jarStart("app.jar", "com.acme.Main", null);

        assertThat(command().start()).isEqualTo(Start.CLASS_PATH);
        assertThat(launch()).containsExactly("-cp", "app.jar", RUNNER);
    }

    @Test
    void jar_whose_name_contains_blanks() {
        jarStart("my app.jar", "org.springframework.boot.loader.launch.JarLauncher", NEW_LAUNCHER);

        assertThat(command().start()).isEqualTo(Start.SPRING_BOOT);
    }

    @Test
    void manifest_only_jar_given_as_class_path() {
        classPath = "/tmp/pathing.jar";
        archive = new JvmFacts.Archive(false, null, null);

        assertThat(launch()).containsExactly("-cp", "/tmp/pathing.jar", RUNNER);
    }

    @Test
    void spring_boot_jar() {
        jarStart("app.jar", "org.springframework.boot.loader.launch.JarLauncher", NEW_LAUNCHER);
        options = List.of("-Xmx1g", "-Dloader.main=other", "-Dloader.args=x");

        assertThat(command().start()).isEqualTo(Start.SPRING_BOOT);
        assertThat(launch()).containsExactly("-Xmx1g", "-cp", "app.jar", "-Dloader.main=" + RUNNER, NEW_LAUNCHER);
    }

    @Test
    void spring_boot_jar_before_3_2() {
        jarStart("app.jar", "org.springframework.boot.loader.JarLauncher", OLD_LAUNCHER);

        assertThat(launch()).containsExactly("-cp", "app.jar", "-Dloader.main=" + RUNNER, OLD_LAUNCHER);
    }

    @Test
    void spring_boot_war() {
        jarStart("app.war", "org.springframework.boot.loader.launch.WarLauncher", NEW_LAUNCHER);

        assertThat(launch())
                .containsExactly(
                        "-cp",
                        "app.war",
                        "-Dloader.main=" + RUNNER,
                        "-Dloader.path=WEB-INF/classes/,WEB-INF/lib/,WEB-INF/lib-provided/",
                        NEW_LAUNCHER);
    }

    @Test
    void spring_boot_jar_unpacked() {
        classPath = "/workspace";
        command = "org.springframework.boot.loader.launch.JarLauncher --server.port=1";
        archive = new JvmFacts.Archive(true, null, NEW_LAUNCHER);
        visible = false;

        assertThat(launch()).containsExactly("-cp", "/workspace", "-Dloader.main=" + RUNNER, NEW_LAUNCHER);
    }

    @Test
    void runner_of_a_spring_boot_runner() {
        classPath = "app.jar";
        command = NEW_LAUNCHER;
        archive = new JvmFacts.Archive(false, "org.springframework.boot.loader.launch.JarLauncher", NEW_LAUNCHER);
        visible = false;

        assertThat(launch()).containsExactly("-cp", "app.jar", "-Dloader.main=" + RUNNER, NEW_LAUNCHER);
    }

    @Test
    void spring_boot_jar_without_the_launcher_starts_as_it_was() {
        jarStart("app.jar", "org.springframework.boot.loader.launch.JarLauncher", null);
        visible = false;

        assertThat(command().start()).isEqualTo(Start.ORIGINAL);
        assertThat(launch()).containsExactly("-jar", "app.jar");
    }

    @Test
    void a_program_inside_of_a_build_tool_is_refused_unless_the_class_path_of_runners_is_given() {
        visible = false;
        classPath = "/usr/share/maven/boot/plexus-classworlds-2.x.jar";
        command = "org.codehaus.plexus.classworlds.launcher.Launcher compile exec:java";

        assertThatThrownBy(() -> ProcessBackend.builder().command(command()).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("this JVM is Maven's own", "exec:exec", "classPath(…)");
        assertThat(ProcessBackend.builder()
                        .command(command())
                        .classPath(List.of(Path.of("target")))
                        .effectiveCommand()
                        .buildTool())
                .isNull();
        // The tool's JVM, and yet all that is needed is on its class path.
        visible = true;
        assertThat(command().buildTool()).isNull();
    }

    @Test
    void unknown_archives_start_as_they_were_without_arguments() {
        visible = false;
        jarStart("quarkus-run.jar", "io.quarkus.bootstrap.runner.QuarkusEntryPoint", null);
        assertThat(launch()).containsExactly("-jar", "quarkus-run.jar");

        archive = null;
        classPath = "/a:/b";
        command = "com.acme.Loader 1 2";
        assertThat(launch()).containsExactly("-cp", "/a:/b", "com.acme.Loader");

        classPath = "";
        modulePath = "/m";
        mainModule = "loader";
        command = "loader/com.acme.Loader 1 2";
        assertThat(launch()).containsExactly("-p", "/m", "-m", "loader/com.acme.Loader");
    }

    @Test
    void modular_start() {
        modulePath = "/app/mods";
        mainModule = "acme.app";
        command = "acme.app/com.acme.Main x";
        flameModule = "io.flame4j.core";
        options = List.of("--module-path=/app/mods", "--add-modules=java.sql", "-Djdk.module.main=acme.app");

        assertThat(command().start()).isEqualTo(Start.MODULE_PATH);
        assertThat(launch())
                .containsExactly(
                        "--add-modules=java.sql",
                        "-p",
                        "/app/mods",
                        "--add-modules=acme.app",
                        "-m",
                        "io.flame4j.core/" + RUNNER);
    }

    @Test
    void runtime_image_without_a_module_path() {
        mainModule = "acme.app";
        command = "acme.app/com.acme.Main";
        flameModule = "io.flame4j.core";

        assertThat(launch()).containsExactly("--add-modules=acme.app", "-m", "io.flame4j.core/" + RUNNER);
    }

    @Test
    void runner_of_a_modular_runner() {
        modulePath = "/app/mods";
        mainModule = "io.flame4j.core";
        command = "io.flame4j.core/" + RUNNER;
        flameModule = "io.flame4j.core";
        options = List.of("--module-path=/app/mods", "--add-modules=acme.app");

        assertThat(launch())
                .containsExactly("--add-modules=acme.app", "-p", "/app/mods", "-m", "io.flame4j.core/" + RUNNER);
    }

    @Test
    void modular_application_with_flame4j_on_the_class_path() {
        classPath = "/lib/flame4j.jar";
        modulePath = "/app/mods";
        mainModule = "acme.app";
        command = "acme.app/com.acme.Main";

        assertThat(command().start()).isEqualTo(Start.CLASS_PATH);
        assertThat(launch())
                .containsExactly("-cp", "/lib/flame4j.jar", "-p", "/app/mods", "--add-modules=acme.app", RUNNER);
    }

    @Test
    void windows() {
        windows = true;
        classPath = "C:\\a";

        assertThat(command().java()).isEqualTo("/jdk\\bin\\java.exe");
    }

    @Test
    void paths_are_made_absolute_on_request() {
        classPath = "classes::/lib/a.jar";
        modulePath = "mods";
        options = List.of(
                "-javaagent:agents/a.jar=x=y",
                "--patch-module=m=patch:/other",
                "-Xbootclasspath/a:boot",
                "-XX:SharedArchiveFile=app.jsa",
                "-Dfile=relative");

        assertThat(command().withAbsolutePaths().arguments().subList(1, 10))
                .containsExactly(
                        "-javaagent:/srv/app/agents/a.jar=x=y",
                        "--patch-module=m=/srv/app/patch:/other",
                        "-Xbootclasspath/a:/srv/app/boot",
                        "-XX:SharedArchiveFile=/srv/app/app.jsa",
                        "-Dfile=relative",
                        "-cp",
                        "/srv/app/classes:/srv/app:/lib/a.jar",
                        "-p",
                        "/srv/app/mods");
    }

    @Test
    void original_jar_is_made_absolute_too() {
        jarStart("app.jar", "com.acme.Loader", null);
        visible = false;

        assertThat(command().withAbsolutePaths().arguments()).endsWith("-jar", "/srv/app/app.jar");
    }

    @Test
    void heap_takes_the_place_of_all_heap_sizes() {
        options = List.of("-Xms1g", "-Xmx4g", "-Xmn512m", "-Xss1m", "-XX:MaxRAMPercentage=75", "-XX:+UseG1GC");

        JvmCommand command = command().withHeap("256m");

        assertThat(command.options()).containsExactly("-Xss1m", "-XX:+UseG1GC", "-Xmx256m");
        assertThat(command.dropped()).containsExactly("-Xms1g", "-Xmx4g", "-Xmn512m", "-XX:MaxRAMPercentage=75");
    }

    @Test
    void new_options_come_last_and_push_contradictions_out() {
        options = List.of("-Xms1g", "-XX:+UseG1GC", "-Da=1");

        assertThat(command().withOptions(List.of("-Da=2")).options())
                .containsExactly("-Xms1g", "-XX:+UseG1GC", "-Da=1", "-Da=2");
        assertThat(command().withOptions(List.of("-Xmx64m", "-XX:+UseSerialGC")).options())
                .containsExactly("-Da=1", "-Xmx64m", "-XX:+UseSerialGC");
    }

    @Test
    void other_class_path() {
        modulePath = "/app/mods";
        mainModule = "acme.app";
        flameModule = "io.flame4j.core";

        JvmCommand command = command().withClassPath(List.of(Path.of("/a.jar"), Path.of("/b")));

        assertThat(command.start()).isEqualTo(Start.CLASS_PATH);
        assertThat(command.arguments()).containsExactly("/jdk/bin/java", "-cp", "/a.jar:/b", RUNNER);
    }

    @Test
    void heap_sizes_are_checked() {
        assertThat(HeapOptions.check("2m")).isEqualTo("2m");
        assertThat(HeapOptions.check("3G")).isEqualTo("3G");
        assertThat(HeapOptions.check("4194304")).isEqualTo("4194304");
        for (String bad : List.of("", "m", "512 m", "512mb", "-1", "0", "1m", "1024", "99999999999999999t")) {
            assertThatThrownBy(() -> HeapOptions.check(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad);
        }
    }

    @Test
    void options_are_not_shown() {
        options = List.of("-Dpassword=secret");

        assertThat(command().toString()).doesNotContain("secret");
    }

    private void jarStart(String jar, String mainClass, @Nullable String launcher) {
        classPath = jar;
        command = jar + " --port 80";
        archive = new JvmFacts.Archive(false, mainClass, launcher);
    }

    private List<String> launch() {
        List<String> arguments = command().arguments();
        return arguments.subList(1, arguments.size());
    }

    private JvmCommand command() {
        return JvmCommand.of(new JvmFacts(
                "/jdk",
                windows,
                "/srv/app",
                options,
                classPath,
                modulePath,
                mainModule,
                command,
                flameModule,
                visible,
                archive));
    }
}
