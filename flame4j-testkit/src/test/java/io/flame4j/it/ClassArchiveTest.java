package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.ProcessBackendBuilder;
import io.flame4j.backend.RunnerArchive;
import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.OutgoingCall;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOP_FallbackServiceProvider;
import org.slf4j.spi.SLF4JServiceProvider;

/** Archives of classes, made and used by real JVMs. A runner tells by what is mapped into its memory whether it has one. */
@EnabledOnOs(OS.LINUX)
@Timeout(900)
class ClassArchiveTest {

    /** The makers run at the lowest priority. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    static Path jars;

    @TempDir
    Path cache;

    /** Where JVMs say what they crashed over. */
    @TempDir
    Path reports;

    private static List<Path> classPath;

    @BeforeAll
    static void packJars() throws Exception {
        Path core = pack(place(FlamePool.class), "flame4j-core.jar");
        classPath = List.of(
                core, pack(place(Logger.class), "slf4j-api.jar"), pack(place(ClassArchiveTest.class), "tests.jar"));
    }

    @Test
    void a_pool_has_it_made_and_the_next_one_uses_it() throws Exception {
        try (FlamePool pool = pool(backend())) {
            assertThat(pool.call(ClassArchiveTest::archives)).isEmpty();
            await().atMost(PATIENCE).until(this::isMade);
        }
        try (FlamePool pool = pool(backend())) {
            assertThat(pool.call(ClassArchiveTest::archives))
                    .containsExactly(files(cache, ".jsa", ".aot").get(0).toString());
        }
        assertThat(files(cache, "")).hasSize(1);
    }

    @Test
    void a_command_line_that_is_too_long_for_the_platform_has_it_as_well() throws Exception {
        ProcessBackendBuilder backend = backend().jvmOptions("-Dlong=" + "x".repeat(110 << 10));
        try (FlamePool pool = FlamePool.builder("archived")
                .backend(backend.build())
                .max(1)
                .singleUse(true)
                .build()) {
            assertThat(pool.call(ClassArchiveTest::archives)).isEmpty();
            await().atMost(PATIENCE).until(this::isMade);
            assertThat(pool.call(ClassArchiveTest::archives)).hasSize(1);
        }
    }

    @Test
    void nothing_of_the_application_runs_while_it_is_made(@TempDir Path told) throws Exception {
        Path services = jars.resolve("services.jar");
        try (OutputStream out = Files.newOutputStream(services);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Class<?> service : List.of(SLF4JServiceProvider.class, ContextPropagator.class)) {
                zip.putNextEntry(new ZipEntry("META-INF/services/" + service.getName()));
                zip.write((service == ContextPropagator.class ? TellingPropagator.class : TellingProvider.class)
                        .getName()
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        List<Path> application = new ArrayList<>(classPath);
        application.add(services);
        try (FlamePool pool = pool(backend().classPath(application).jvmOptions("-Dtold=" + told))) {
            long runner = pool.call(() -> {
                LoggerFactory.getLogger("application").info("The application's own logging is started");
                return ProcessHandle.current().pid();
            });
            await().atMost(PATIENCE).until(this::isMade);

            assertThat(files(told, "")).containsExactly(told.resolve(Long.toString(runner)));
        }
    }

    @Test
    void nothing_is_made_where_it_is_turned_off() throws Exception {
        try (FlamePool pool = pool(backend().classArchives(false))) {
            assertThat(pool.call(ClassArchiveTest::archives)).isEmpty();
        }
        assertThat(files(cache, "")).isEmpty();
    }

    @Test
    void a_backend_that_is_closed_leaves_no_maker_behind() throws Exception {
        long maker;
        try (FlamePool pool = pool(backend())) {
            pool.call(() -> 1);
            await().atMost(PATIENCE).until(() -> makers().findAny().isPresent());
            maker = makers().findAny().map(ProcessHandle::pid).orElse(0L);
        }
        await().atMost(PATIENCE)
                .until(() ->
                        ProcessHandle.of(maker).filter(ProcessHandle::isAlive).isEmpty());
        await().atMost(PATIENCE).until(() -> makers().findAny().isEmpty());
        // It may have been done before it was ended; what is half made is not kept.
        await().atMost(PATIENCE).until(() -> files(cache, "").isEmpty() || isMade());
    }

    @Test
    void a_damaged_archive_keeps_no_runner_from_starting() throws Exception {
        try (FlamePool pool = pool(backend())) {
            pool.call(() -> 1);
            await().atMost(PATIENCE).until(this::isMade);
        }
        Path archive = files(cache, ".jsa", ".aot").get(0);
        byte[] whole = Files.readAllBytes(archive);
        for (byte[] damaged : List.of(new byte[0], new byte[100_000], Arrays.copyOf(whole, whole.length / 2))) {
            Files.delete(archive);
            Files.write(archive, damaged);
            try (FlamePool pool = pool(backend())) {
                // A JVM that crashes over it is tried again without.
                assertThat(pool.call(() -> 42, CallOptions.defaults().timeout(PATIENCE)))
                        .isEqualTo(42);
            }
        }
    }

    @Test
    void the_program_makes_one_beside_the_jar_of_flame4j_where_runners_find_it(@TempDir Path place) throws Exception {
        List<Path> own = new ArrayList<>();
        for (Path jar : classPath) {
            own.add(Files.copy(jar, place.resolve(jar.getFileName())));
        }

        assertThat(run(own, RunnerArchive.class.getName(), "--transport", "unix"))
                .isEmpty();

        // Runners of the second time would have the archive of the first.
        assertThat(run(own, RunnerArchive.class.getName(), "--transport", "unix"))
                .isEmpty();
        Path archive = files(place, ".jsa", ".aot").get(0);
        assertThat(archive.getFileName().toString()).startsWith("flame4j-runner.");
        assertThat(run(own, Reporter.class.getName())).isEqualTo("0 " + archive.toRealPath());
    }

    @Test
    void the_program_says_why_it_cannot() throws Exception {
        List<Path> directories = new ArrayList<>(classPath);
        directories.set(2, place(ClassArchiveTest.class));
        Path file = cache.resolve("runner.archive");

        assertThat(run(classPath, RunnerArchive.class.getName(), "--transport", "smoke", file.toString()))
                .startsWith("2 'smoke' is no transport: there are unix, tcp and tls.")
                .contains("Usage: ");
        assertThat(run(classPath, RunnerArchive.class.getName(), cache + "/nowhere/runner.archive"))
                .startsWith("2 There is no directory " + cache + "/nowhere");
        assertThat(run(classPath, RunnerArchive.class.getName(), "--initializer", "java.lang.String", file.toString()))
                .startsWith("2 'java.lang.String' is no RunnerInitializer");
        assertThat(files(cache, "")).isEmpty();
    }

    /** The parent of a runner that tells which archive it has. */
    static final class Reporter {

        private Reporter() {}

        public static void main(String[] args) throws Exception {
            try (FlamePool pool = pool(ProcessBackend.builder())) {
                System.out.print(pool.call(ClassArchiveTest::archives).get(0));
            }
        }
    }

    /** Leaves a file named by the process that it was started in. */
    public static final class TellingProvider extends NOP_FallbackServiceProvider {

        /** Found in a jar that the runners of one test have. */
        public TellingProvider() {
            tell();
        }
    }

    /** As {@link TellingProvider}. */
    public static final class TellingPropagator implements ContextPropagator {

        /** Found in a jar that the runners of one test have. */
        public TellingPropagator() {
            tell();
        }

        @Override
        public void capture(OutgoingCall call) {}

        @Override
        public Scope restore(IncomingCall call) {
            return failure -> {};
        }
    }

    private static void tell() {
        try {
            Files.writeString(
                    Path.of(System.getProperty("told"))
                            .resolve(Long.toString(ProcessHandle.current().pid())),
                    "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With nothing left that belongs to the making. */
    private boolean isMade() throws IOException {
        return files(cache, "").size() == 1 && !files(cache, ".jsa", ".aot").isEmpty();
    }

    private ProcessBackendBuilder backend() {
        return ProcessBackend.builder()
                .classPath(classPath)
                .classArchiveDirectory(cache)
                .jvmOptions("-XX:ErrorFile=" + reports.resolve("hs_err_%p.log"));
    }

    private static FlamePool pool(ProcessBackendBuilder backend) {
        return FlamePool.builder("archived").backend(backend.build()).max(1).build();
    }

    /** On a runner: archives that are mapped, but for the JDK's own. */
    private static List<String> archives() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            Path java = Path.of(System.getProperty("java.home")).toRealPath();
            return lines.filter(line -> line.endsWith(".jsa") || line.endsWith(".aot"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(file -> !file.startsWith(java))
                    .map(Path::toString)
                    .distinct()
                    .toList();
        }
    }

    private static Stream<ProcessHandle> makers() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains(RunnerArchive.class.getName()));
    }

    private static List<Path> files(Path directory, String... suffixes) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> Stream.of(suffixes).anyMatch(file.toString()::endsWith))
                    .toList();
        }
    }

    /** What a program prints, after its exit code unless that is 0 and nothing was printed. */
    private static String run(List<Path> classPath, String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(":", classPath.stream().map(Path::toString).toList())));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes())
                    .lines()
                    .filter(text -> !text.startsWith("SLF4J"))
                    .reduce("", (a, b) -> a.isEmpty() ? b : a + "\n" + b);
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return process.exitValue() == 0 && output.isEmpty() ? "" : process.exitValue() + " " + output;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static Path pack(Path place, String name) throws IOException {
        Path jar = jars.resolve(name);
        if (Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
            return Files.copy(place, jar);
        }
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(place)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(place.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
        return jar;
    }
}
