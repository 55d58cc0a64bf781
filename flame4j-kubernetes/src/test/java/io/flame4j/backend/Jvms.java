package io.flame4j.backend;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** JVM commands of parents in images of every kind. In this package because the facts behind a command are not public. */
public final class Jvms {

    private static final String SPRING_MAIN = "org.springframework.boot.loader.launch.JarLauncher";
    private static final String SPRING_LAUNCHER = "org.springframework.boot.loader.launch.PropertiesLauncher";
    private static final String HOME = "/opt/java/openjdk";

    private Jvms() {}

    public static JvmCommand classPath(String classPath, String... options) {
        return command(HOME, options, classPath, "com.acme.Main serve", null);
    }

    public static JvmCommand plainJar(String jar, String... options) {
        return command(HOME, options, jar, jar + " serve", new JvmFacts.Archive(false, "com.acme.Main", null));
    }

    public static JvmCommand springBootJar(String jar, String... options) {
        return command(HOME, options, jar, jar, new JvmFacts.Archive(false, SPRING_MAIN, SPRING_LAUNCHER));
    }

    public static JvmCommand jib(String... options) {
        return command(HOME, options, "/app/resources:/app/classes:/app/libs/*", "com.acme.Main", null);
    }

    public static JvmCommand buildpack(String... options) {
        return command(
                "/layers/paketo-buildpacks_bellsoft-liberica/jre",
                options,
                "/workspace",
                SPRING_MAIN,
                new JvmFacts.Archive(true, null, SPRING_LAUNCHER));
    }

    public static JvmCommand nested(String jar) {
        return JvmCommand.of(new JvmFacts(
                HOME,
                false,
                "/app",
                List.of(),
                jar,
                null,
                null,
                jar + " serve",
                null,
                false,
                new JvmFacts.Archive(false, "io.quarkus.bootstrap.runner.QuarkusEntryPoint", null)));
    }

    public static JvmCommand modular() {
        return JvmCommand.of(new JvmFacts(
                HOME,
                false,
                "/app",
                List.of("--add-modules=java.sql"),
                "",
                "/app/mods",
                "acme.app",
                "acme.app/com.acme.Main",
                "io.flame4j.core",
                true,
                null));
    }

    private static JvmCommand command(
            String home, String[] options, String classPath, String command, JvmFacts.@Nullable Archive archive) {
        boolean visible = archive == null || archive.springLauncher() == null;
        return JvmCommand.of(new JvmFacts(
                home, false, "/app", List.of(options), classPath, null, null, command, null, visible, archive));
    }
}
