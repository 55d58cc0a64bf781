package io.flame4j.spring.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.jar.PackedApplication;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

/** A real executable jar, with jars in it, whose runners start from the same file. */
@Timeout(180)
class ExecutableJarTest {

    @TempDir
    private Path temp;

    @Test
    void runners_start_from_the_jar() throws Exception {
        Path jar = executableJar();

        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx128m",
                        "-jar",
                        jar.toString(),
                        "--shop.size=9")
                .directory(temp.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        List<String> output =
                new String(process.getInputStream().readAllBytes()).lines().toList();

        assertThat(process.waitFor()).as("%s", output).isZero();
        assertThat(output)
                .as("%s", output)
                .anySatisfy(line ->
                        assertThat(line).contains("runner: size=9, profiles=[default, flame-runner], loader=Launched"))
                .anySatisfy(line -> assertThat(line).contains("two JVMs: true"));
    }

    private Path executableJar() throws IOException {
        Path plain = temp.resolve("plain.jar");
        Path tests = Path.of("target", "test-classes");
        jar(plain, tests, tests.resolve(PackedApplication.class.getPackageName().replace('.', '/')));
        List<Library> libraries = libraries();
        Repackager repackager = new Repackager(plain.toFile());
        repackager.setMainClass(PackedApplication.class.getName());
        repackager.setBackupSource(false);
        Path packed = temp.resolve("app.jar");
        repackager.repackage(packed.toFile(), callback -> {
            for (Library library : libraries) {
                callback.library(library);
            }
        });
        return packed;
    }

    /** What the small application needs of this test's class path; folders of other modules are made jars of. */
    private List<Library> libraries() throws IOException {
        List<Library> libraries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path) && !path.endsWith("test-classes")) {
                Path packed = temp.resolve(path.getParent().getParent().getFileName() + ".jar");
                jar(packed, path, path);
                libraries.add(new Library(packed.toFile(), LibraryScope.COMPILE));
            } else if (path.getFileName()
                    .toString()
                    .matches(
                            "(flame4j-(core|spring)|spring-(boot|core|beans|context|aop|expression)-\\d|spring-boot-"
                                    + "autoconfigure|slf4j-api|logback|commons-logging|jspecify|snakeyaml-\\d|micrometer-(com|obs)).*")) {
                libraries.add(new Library(path.toFile(), LibraryScope.COMPILE));
            }
        }
        return libraries;
    }

    private static void jar(Path jar, Path root, Path from) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(root.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
            }
        }
    }
}
