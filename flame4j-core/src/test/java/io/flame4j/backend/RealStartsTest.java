package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.springframework.boot.loader.launch.JarLauncher;

/**
 * Starts applications in the ways that there are, lets them tell how their runners would start, and starts these: what
 * {@link JvmCommandTest} expects must be what a JVM understands.
 */
class RealStartsTest {

    private static final String LAUNCH = "org.springframework.boot.loader.launch.";

    @TempDir
    private Path temp;

    @Test
    void spring_boot_jar() throws Exception {
        Path jar = springBootArchive("app.jar", "JarLauncher", "BOOT-INF/");

        List<String> output = startAsReported("SPRING_BOOT", "-jar", jar.toString());

        assertSpringBoot(output);
    }

    @Test
    void spring_boot_war() throws Exception {
        Path war = springBootArchive("app.war", "WarLauncher", "WEB-INF/");

        List<String> output = startAsReported("SPRING_BOOT", "-jar", war.toString());

        assertSpringBoot(output);
    }

    @Test
    void spring_boot_jar_unpacked() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("unpacked"));
        unpack(springBootArchive("app.jar", "JarLauncher", "BOOT-INF/"), directory);

        List<String> output = startAsReported("SPRING_BOOT", "-cp", directory.toString(), LAUNCH + "JarLauncher", "x");

        assertSpringBoot(output);
    }

    @Test
    void plain_executable_jar_with_a_class_path_in_its_manifest() throws Exception {
        Path jar = temp.resolve("app.jar");
        String manifest = "Manifest-Version: 1.0\nMain-Class: " + StartReporter.class.getName() + "\nClass-Path: "
                + wrapped(place(StartReporter.class).toUri() + " "
                        + place(JvmCommand.class).toUri()) + "\n\n";
        try (JarOutputStream out = jar(jar)) {
            store(out, "META-INF/MANIFEST.MF", manifest.getBytes());
        }

        List<String> output = startAsReported("CLASS_PATH", "-jar", jar.toString(), "x y");

        assertThat(output).contains("started with 0 arguments", "loaded with flame4j: true", "next: CLASS_PATH");
    }

    @Test
    void argument_file() throws Exception {
        Path file = temp.resolve("start.args");
        Files.write(
                file, List.of("-Dname=\"a b\"", "-cp", ArgumentFile.quote(classPath()), StartReporter.class.getName()));

        List<String> output = startAsReported("CLASS_PATH", "@" + file);

        assertThat(output).contains("started with 0 arguments", "next: CLASS_PATH");
    }

    @Test
    void modules() throws Exception {
        Path app = compileModule("requires io.flame4j.core;", "io.flame4j.backend.JvmCommand.ofThisProcess()");
        Path runner = compileRunner();
        String path = String.join(
                File.pathSeparator,
                place(JvmCommand.class).toString(),
                place(Logger.class).toString(),
                app.toString());

        List<String> output = startAsReported(
                "MODULE_PATH", "--patch-module=io.flame4j.core=" + runner, "-p", path, "-m", "app/app.Main", "x");

        assertThat(output).containsExactly("module io.flame4j.core", "app is there: true", "MODULE_PATH");
    }

    @Test
    void modules_with_flame4j_on_the_class_path() throws Exception {
        Path app = compileModule(
                "", "Class.forName(\"io.flame4j.backend.JvmCommand\").getMethod(\"ofThisProcess\").invoke(null)");
        Path runner = compileRunner();

        List<String> output = startAsReported(
                "CLASS_PATH",
                "-cp",
                runner + File.pathSeparator + place(JvmCommand.class) + File.pathSeparator + place(Logger.class),
                "-p",
                app.toString(),
                "-m",
                "app/app.Main");

        assertThat(output).containsExactly("unnamed module", "app is there: true", "CLASS_PATH");
    }

    private static void assertSpringBoot(List<String> output) {
        assertThat(output)
                .containsExactly(
                        "started with 0 arguments",
                        "loaded with flame4j: true",
                        "loader: LaunchedClassLoader",
                        "context loader is the same: true",
                        "next: SPRING_BOOT");
    }

    /** Starts an application, and then what it says its runners are started with. */
    private List<String> startAsReported(String start, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(List.of(arguments));
        List<String> reported = run(command);
        assertThat(reported).first().isEqualTo(start);
        return run(reported.subList(1, reported.size()));
    }

    private List<String> run(List<String> command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true);
        JvmCommand.ABSORBED_VARIABLES.forEach(builder.environment()::remove);
        Process process = builder.start();
        List<String> output =
                new String(process.getInputStream().readAllBytes()).lines().toList();
        assertThat(process.waitFor()).as("%s", output).isZero();
        return output;
    }

    /** As Spring Boot's build plug-ins make it: loader on top, classes and stored jars nested. */
    private Path springBootArchive(String name, String launcher, String nested) throws Exception {
        Path archive = temp.resolve(name);
        String manifest = "Manifest-Version: 1.0\nMain-Class: " + LAUNCH + launcher + "\nStart-Class: "
                + StartReporter.class.getName() + "\n\n";
        try (JarOutputStream out = jar(archive);
                JarFile loader = new JarFile(place(JarLauncher.class).toFile())) {
            store(out, "META-INF/MANIFEST.MF", manifest.getBytes());
            for (JarEntry entry : loader.stream().toList()) {
                if (entry.getName().startsWith("org/") && !entry.isDirectory()) {
                    store(out, entry.getName(), loader.getInputStream(entry).readAllBytes());
                }
            }
            for (String directory : List.of(nested, nested + "classes/", nested + "lib/")) {
                store(out, directory, new byte[0]);
            }
            for (Class<?> type : List.of(StartReporter.class, StartedStub.class)) {
                String file = type.getName().replace('.', '/') + ".class";
                store(
                        out,
                        nested + "classes/" + file,
                        Files.readAllBytes(place(type).resolve(file)));
            }
            store(out, nested + "lib/flame4j-core.jar", Files.readAllBytes(coreJar()));
        }
        return archive;
    }

    private Path coreJar() throws Exception {
        Path classes = place(JvmCommand.class);
        Path jar = temp.resolve("flame4j-core.jar");
        try (JarOutputStream out = jar(jar);
                var files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                store(out, name, Files.readAllBytes(file));
            }
        }
        return jar;
    }

    /** A module with a main that tells its command. */
    private Path compileModule(String requires, String command) throws Exception {
        Path source = Files.createDirectories(temp.resolve("app-source"));
        Path info = Files.writeString(source.resolve("module-info.java"), "module app { " + requires + " }");
        Path main = Files.writeString(source.resolve("Main.java"), """
                package app;
                public class Main {
                    public static void main(String[] args) throws Exception {
                        Object command = %s;
                        System.out.println(command.getClass().getMethod("start").invoke(command));
                        for (Object argument : (Iterable<?>)
                                command.getClass().getMethod("arguments").invoke(command)) {
                            System.out.println(argument);
                        }
                    }
                }
                """.formatted(command));
        Path target = temp.resolve("app");
        String path = place(JvmCommand.class) + File.pathSeparator + place(Logger.class);
        compile("-d", target.toString(), "-p", path, info.toString(), main.toString());
        return target;
    }

    /** A main in the place of the runner's, which the application puts before it. */
    private Path compileRunner() throws Exception {
        Path main = Files.writeString(temp.resolve("RunnerMain.java"), """
                package io.flame4j.internal.runner;
                public class RunnerMain {
                    public static void main(String[] args) {
                        Module own = RunnerMain.class.getModule();
                        System.out.println(own.isNamed() ? own : "unnamed module");
                        System.out.println("app is there: " + ModuleLayer.boot().findModule("app").isPresent());
                        System.out.println(io.flame4j.backend.JvmCommand.ofThisProcess().start());
                    }
                }
                """);
        Path target = temp.resolve("runner");
        compile("-d", target.toString(), "-cp", place(JvmCommand.class).toString(), main.toString());
        return target;
    }

    private static void compile(String... arguments) {
        List<String> all = new ArrayList<>(List.of("-proc:none", "--release", "17"));
        all.addAll(List.of(arguments));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, all.toArray(String[]::new)))
                .isZero();
    }

    private static String classPath() throws Exception {
        return place(StartReporter.class) + File.pathSeparator + place(JvmCommand.class);
    }

    private static Path place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static JarOutputStream jar(Path path) throws IOException {
        OutputStream file = Files.newOutputStream(path);
        return new JarOutputStream(file);
    }

    private static void store(JarOutputStream out, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        JarEntry entry = new JarEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }

    private static void unpack(Path jar, Path directory) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().filter(e -> !e.isDirectory()).toList()) {
                Path target = directory.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                Files.write(target, file.getInputStream(entry).readAllBytes());
            }
        }
    }

    /** Lines of a manifest are at most 72 bytes; what follows begins with a blank. */
    private static String wrapped(String value) {
        return value.replaceAll("(.{50})", "$1\n ");
    }
}
