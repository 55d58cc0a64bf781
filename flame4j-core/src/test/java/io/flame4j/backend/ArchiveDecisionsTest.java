package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which runners share an archive of classes, which can have none, and where archives are kept. */
class ArchiveDecisionsTest {

    private static final long HEAP = 1L << 30;

    @TempDir
    private Path temp;

    @Test
    void the_same_jars_java_and_options_have_the_same_key() throws Exception {
        Path jar = jar("a.jar", null);

        assertThat(key(List.of("-Xmx1g"), jar)).isPresent().isEqualTo(key(List.of("-Xmx1g", "-Dport=17"), jar));
    }

    @Test
    void another_option_jar_or_transport_has_another_key() throws Exception {
        Path jar = jar("a.jar", null);
        Optional<String> key = key(List.of(), jar);

        assertThat(key(List.of("-XX:+UseSerialGC"), jar)).isPresent().isNotEqualTo(key);
        assertThat(key(List.of(), jar, jar("b.jar", null))).isPresent().isNotEqualTo(key);
        assertThat(ArchiveKey.of(command(List.of(), jar), "tls", HEAP))
                .isPresent()
                .isNotEqualTo(key);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        assertThat(key(List.of(), jar)).isPresent().isNotEqualTo(key);
    }

    @Test
    void a_directory_prevents_archives_wherever_it_is_named() throws Exception {
        Path classes = Files.createDirectory(temp.resolve("classes"));
        Path jar = jar("a.jar", null);

        assertThat(key(List.of(), jar, classes)).isEmpty();
        assertThat(key(List.of(), jar("pathing.jar", "a.jar classes/"))).isEmpty();
        assertThat(key(List.of(), jar("pathing2.jar", classes.toUri().toString())))
                .isEmpty();
    }

    @Test
    void what_a_manifest_names_counts() throws Exception {
        Path library = jar("library.jar", null);
        Path app = jar("app.jar", "library.jar");
        Optional<String> key = key(List.of(), app);
        Files.setLastModifiedTime(library, FileTime.from(Instant.EPOCH));

        assertThat(key(List.of(), app)).isPresent().isNotEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-javaagent:/opt/agent.jar=x",
                "-agentlib:foo",
                "-Xshare:off",
                "-XX:SharedArchiveFile=/opt/app.jsa",
                "-XX:AOTCache=/opt/app.aot",
                "-XX:AOTMode=off",
                "--patch-module=java.base=/x",
                "-Djava.system.class.loader=Own"
            })
    void options_of_the_users_come_first(String option) throws Exception {
        assertThat(key(List.of(option), jar("a.jar", null))).isEmpty();
    }

    @Test
    void a_large_heap_prevents_archives() throws Exception {
        assertThat(ArchiveKey.of(command(List.of(), jar("a.jar", null)), "unix", 40L << 30))
                .isEmpty();
    }

    @Test
    void another_start_than_from_a_class_path_prevents_archives() throws Exception {
        JvmFacts modules = new JvmFacts(
                "/jdk", false, "/work", List.of(), "", "/app", "app", "app/app.Main", "io.flame4j.core", true, null);

        assertThat(ArchiveKey.of(JvmCommand.of(modules), "unix", HEAP)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"17, -XX:SharedArchiveFile=/a.x", "24, -XX:SharedArchiveFile=/a.x", "25, -XX:AOTCache=/a.x"})
    void options_follow_the_release_of_java(int feature, String option) {
        assertThat(ArchiveOptions.of(feature).use(Path.of("/a.x"))).contains(option);
    }

    @Test
    void an_archive_beside_flame4j_is_used_unless_another_one_is() throws Exception {
        Optional<Path> archive = Optional.of(temp.resolve("flame4j-runner.jsa"));
        JvmCommand plain = command(List.of("-Xmx1g"), jar("a.jar", null));
        JvmCommand own = command(List.of("-XX:AOTCache=own.aot"), jar("a.jar", null));

        assertThat(plain.withArchive(archive).options())
                .startsWith("-Xmx1g")
                .containsAll(ArchiveOptions.ofThisJava().use(archive.get()));
        assertThat(own.withArchive(archive).options()).containsExactly("-XX:AOTCache=own.aot");
        assertThat(plain.withArchive(Optional.empty()).options()).containsExactly("-Xmx1g");
        assertThat(own.withoutArchive().options()).isEmpty();
    }

    @Test
    void directory_is_made_for_this_user_alone() throws Exception {
        Path directory = temp.resolve("cache/flame4j");

        ArchiveDirectory.open(directory);

        assertThat(directory).isEmptyDirectory();
        if (Files.getFileStore(temp).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void directory_that_others_may_write_to_is_refused() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));

        assertThatThrownBy(() -> ArchiveDirectory.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("others may write to " + directory)
                .hasMessageContaining("chmod go-w");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void link_in_the_place_of_the_directory_is_refused() throws Exception {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), elsewhere);

        assertThatThrownBy(() -> ArchiveDirectory.open(link)).isInstanceOf(IOException.class);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void link_in_the_place_of_the_directory_is_named() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("elsewhere")));

        assertThatThrownBy(() -> ArchiveDirectory.open(link)).hasMessageContaining(link + " is a symbolic link");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void directory_that_others_may_put_another_one_in_the_place_of_is_refused() throws Exception {
        Path parent = Files.createDirectories(temp.resolve("open/between")).getParent();
        Path directory = parent.resolve("between/flame4j");
        Files.setAttribute(parent, "unix:mode", 0777);

        assertThatThrownBy(() -> ArchiveDirectory.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("others may write to " + parent + ",");

        Files.setAttribute(parent, "unix:mode", 01777);
        ArchiveDirectory.open(directory);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void archive_that_others_may_have_written_is_refused() throws Exception {
        ArchiveDirectory directory = ArchiveDirectory.open(temp.resolve("cache"));
        Path archive = directory.file("a", ".jsa");
        assertThat(directory.holds(archive)).isFalse();
        Files.createFile(archive);
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("r--r--r--"));
        assertThat(directory.holds(archive)).isTrue();

        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThatThrownBy(() -> directory.holds(archive))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("delete it");

        Path link = Files.createSymbolicLink(directory.file("b", ".jsa"), archive);
        assertThatThrownBy(() -> directory.holds(link)).isInstanceOf(IOException.class);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void archive_beside_the_jar_is_trusted_as_the_jar_is_or_ignored() throws Exception {
        Path jar = jar("a.jar", null);
        Path archive = temp.resolve("flame4j-runner.jsa");
        assertThat(ArchiveTrust.besideJar(archive, jar)).isEmpty();
        Files.createFile(archive);
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(ArchiveTrust.besideJar(archive, jar)).contains(archive);

        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-r--rw-"));
        assertThat(ArchiveTrust.besideJar(archive, jar)).isEmpty();
    }

    @Test
    void agents_that_were_given_for_runners_alone_prevent_archives() throws Exception {
        Path jar = jar("a.jar", null);
        for (String option : List.of("-Xrunjdwp:transport=x", "-Xdebug", "-Dcom.sun.management.jmxremote.port=1")) {
            assertThat(ArchiveKey.of(command(List.of(), jar).withOptions(List.of(option)), "unix", HEAP))
                    .as(option)
                    .isEmpty();
        }
    }

    @Test
    void maker_writes_no_files_of_the_applications() throws Exception {
        JvmCommand command = command(List.of("-XX:+UseSerialGC"), jar("a.jar", null))
                .withOptions(List.of(
                        "-XX:StartFlightRecording=filename=%p.jfr",
                        "-XX:+HeapDumpOnOutOfMemoryError",
                        "-Xlog:gc:file=%p.log",
                        "-XX:OnOutOfMemoryError=page somebody",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED"));

        assertThat(ArchiveMaker.arguments(command, "unix", Path.of("/a.x")))
                .contains(
                        "-XX:+UseSerialGC",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        RunnerArchive.class.getName())
                .endsWith("--transport", "unix", "/a.x")
                .noneMatch(argument ->
                        argument.contains("%p") || argument.contains("HeapDump") || argument.contains("OutOfMemory"));
    }

    @Test
    void maker_gets_nothing_of_the_environment_but_what_a_jvm_needs() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PATH",
                "/bin",
                "LC_ALL",
                "C",
                "SystemRoot",
                "x",
                "DB_PASSWORD",
                "secret",
                "JAVA_TOOL_OPTIONS",
                "-Xmx1g"));

        ArchiveMaker.restrict(environment);

        assertThat(environment).containsOnlyKeys("PATH", "LC_ALL", "SystemRoot");
    }

    @Test
    void small_machines_make_no_archives() {
        assertThat(ArchiveMaker.obstacle(1, 8L << 30)).isPresent();
        assertThat(ArchiveMaker.obstacle(4, (2L << 30) - 1)).isPresent();
        assertThat(ArchiveMaker.obstacle(2, 2L << 30)).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void directory_below_somebody_elses_is_refused() throws Exception {
        Path parent = Files.createDirectories(temp.resolve("theirs/between")).getParent();
        Path directory = Files.createDirectory(parent.resolve("between/flame4j"));
        int user = ArchiveTrust.uid(directory);
        ArchiveTrust.checkParents(directory, user);
        if (user == 0) {
            // All is root's here, which is trusted.
            Files.setAttribute(parent, "unix:uid", 4711);
            assertThatThrownBy(() -> ArchiveDirectory.open(directory)).hasMessageContaining("(user 4711)");
        }

        assertThatThrownBy(() -> ArchiveTrust.checkParents(directory, user + 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("neither this user's nor root's")
                .hasMessageContaining(directory + "; name another one");
    }

    @Test
    void what_nobody_used_for_long_is_removed() throws Exception {
        ArchiveDirectory directory = ArchiveDirectory.open(temp.resolve("cache"));
        String key = "0123456789abcdef".repeat(2);
        Path old = Files.createFile(directory.file(key, ".jsa"));
        Path part = Files.createFile(ArchiveDirectory.partOf(old));
        Path config = Files.createFile(directory.file(key, ".aot.part.config"));
        Path lock = Files.createFile(ArchiveDirectory.lockOf(old));
        Path log = Files.createFile(directory.file(key, ".jsa.log"));
        Path used = Files.createFile(directory.file(key.replace('0', '1'), ".jsa"));
        List<Path> kept = List.of(
                used,
                Files.createFile(old.resolveSibling("somebody-else's")),
                Files.createFile(directory.file("s-notes", ".jsa")),
                Files.createFile(directory.file(key, ".jsa.bak")),
                Files.createFile(directory.file(key, "")),
                Files.createDirectory(directory.file(key.replace('0', '2'), ".jsa")),
                Files.createFile(Files.createDirectory(directory.file("x", "")).resolve("file")));
        makeOld(old, part, config, lock, log);
        makeOld(kept.toArray(new Path[0]));
        makeOld(directory.file("x", ""));

        directory.touch(used);
        directory.sweep();

        assertThat(List.of(old, part, config, lock, log))
                .allSatisfy(file -> assertThat(file).doesNotExist());
        assertThat(kept).allSatisfy(file -> assertThat(file).exists());
    }

    private static void makeOld(Path... files) throws IOException {
        for (Path file : files) {
            Files.setLastModifiedTime(file, longAgo());
        }
    }

    private static FileTime longAgo() {
        return FileTime.from(Instant.now().minus(Duration.ofDays(31)));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void links_are_left_alone() throws Exception {
        ArchiveDirectory directory = ArchiveDirectory.open(temp.resolve("cache"));
        Path target = Files.createFile(temp.resolve("precious"));
        makeOld(target);
        Path link = Files.createSymbolicLink(directory.file("a".repeat(32), ".jsa"), target);
        Files.getFileAttributeView(link, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(longAgo(), null, null);

        directory.sweep();

        assertThat(target).exists();
        assertThat(link).isSymbolicLink();
    }

    private Optional<String> key(List<String> options, Path... entries) throws IOException {
        return ArchiveKey.of(command(options, entries), "unix", HEAP);
    }

    private static JvmCommand command(List<String> options, Path... entries) {
        JvmFacts facts =
                new JvmFacts("/jdk", false, "/work", options, "/x.jar", null, null, "app.Main", null, true, null);
        return JvmCommand.of(facts).withClassPath(List.of(entries));
    }

    private Path jar(String name, @Nullable String classPath) throws IOException {
        Path jar = temp.resolve(name);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (classPath != null) {
            manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        }
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }
}
