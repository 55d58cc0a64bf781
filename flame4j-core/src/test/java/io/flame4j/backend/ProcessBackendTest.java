package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;
import org.slf4j.helpers.NOPLoggerFactory;

/** Real processes, with {@link StubMain} in the runner's place. */
class ProcessBackendTest {

    @TempDir
    private Path temp;

    private ProcessBackendBuilder builder;

    @BeforeEach
    void stub_in_the_runner_s_place() {
        builder = builder(JvmCommand.ofThisProcess().withMainClass(StubMain.class.getName()));
    }

    @AfterEach
    void nothing_is_left() {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(threads()).isEmpty();
            assertThat(ProcessHandle.current().children()).isEmpty();
        });
    }

    static RunnerSpec spec(String id, String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return new RunnerSpec("pool", id, environment, Duration.ofSeconds(30), Duration.ofSeconds(30));
    }

    @Test
    void environment_comes_from_this_process_the_builder_and_the_spec() throws Exception {
        builder.env(Map.of("OWN", "map", "BOTH", "builder")).env("OWN", "builder");

        RunnerExit exit = run(
                "STUB", "print-environment OWN BOTH PATH FLAME_PARENT", "BOTH", "spec", "FLAME_PARENT", "the parent");

        assertThat(exit.lastLines())
                .containsExactly(
                        "OWN=builder",
                        "BOTH=spec",
                        "PATH=" + System.getenv("PATH"),
                        "FLAME_PARENT=the parent",
                        "property=null");
    }

    @Test
    void heap_directory_options_and_no_input() throws Exception {
        RunnerExit exit =
                run(builder.heap("48m").workingDirectory(temp).jvmOptions("-Dstub=a b"), "STUB", "print-properties");

        assertThat(exit.exitCode()).hasValue(0);
        assertThat(exit.lastLines()).contains("directory=" + temp.toRealPath(), "stdin=-1", "property=a b");
        assertThat(heap(exit)).isBetween(40L << 20, 48L << 20);
    }

    @Test
    void heap_in_bytes() throws Exception {
        assertThat(heap(run(builder.heap(40L << 20), "STUB", "print-properties")))
                .isBetween(32L << 20, 40L << 20);
    }

    private static long heap(RunnerExit exit) {
        return exit.lastLines().stream()
                .filter(line -> line.startsWith("heap="))
                .mapToLong(line -> Long.parseLong(line.substring("heap=".length())))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void output_is_logged_line_by_line_with_the_runner_s_id() throws Exception {
        PrintStream standard = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            run(builder.output(ProcessBackend.Output.LOG), "STUB", "print-lines");
        } finally {
            System.setErr(standard);
        }
        assertThat(captured.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("[r-1]")))
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).contains("INFO pool - [r-1]"))
                .anySatisfy(line -> assertThat(line).endsWith("[r-1] first"))
                .anySatisfy(line -> assertThat(line).endsWith("[r-1] from stderr"))
                .anySatisfy(line -> assertThat(line).endsWith("[r-1] unfinished"));
    }

    @Test
    void output_goes_to_standard_error_when_slf4j_logs_nothing() {
        PrintStream standard = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            OutputLog log = new OutputLog(new NOPLoggerFactory(), spec("r-1"), true);
            log.accept("a line {}");
            log.at(Level.DEBUG);
            log.accept("comes another way already");
            log.at(null);
            log.accept("is for nobody");
            new OutputLog(new NOPLoggerFactory(), spec("r-1"), false).accept("is discarded");
        } finally {
            System.setErr(standard);
        }
        assertThat(captured.toString(StandardCharsets.UTF_8)).isEqualTo("[r-1] a line {}" + System.lineSeparator());
    }

    @Test
    void long_lines_are_cut() throws Exception {
        List<String> lines = run("STUB", "print-lines").lastLines();

        assertThat(lines)
                .containsExactly(
                        "first",
                        "from stderr",
                        "",
                        "x".repeat(8192) + " … (" + (100_000 - 8192) + " bytes more)",
                        "unfinished");
    }

    @Test
    void last_fifty_lines_are_kept() throws Exception {
        List<String> lines = run("STUB", "print-much").lastLines();

        assertThat(lines).hasSize(50).startsWith("line 99950").endsWith("line 99999");
    }

    @Test
    void runner_of_a_runner_gets_neither_its_parent_nor_options_twice_and_inherits_the_output() throws Exception {
        RunnerExit exit =
                run("STUB", "be-runner-with-runners", "FLAME_PARENT", "outer", "JAVA_TOOL_OPTIONS", "-Dstub=tool");

        assertThat(exit.lastLines())
                .filteredOn(line -> !line.contains("SLF4J") && !line.contains("INFO"))
                .containsExactly(
                        "Picked up JAVA_TOOL_OPTIONS: -Dstub=tool",
                        "FLAME_PARENT=null",
                        "JAVA_TOOL_OPTIONS=null",
                        "property=tool",
                        "inner: 0 []");
    }

    @Test
    void exit_code_and_last_lines() throws Exception {
        RunnerExit exit = run("STUB", "exit 7");

        assertThat(exit.reason()).isEqualTo(Reason.EXITED);
        assertThat(exit.message()).isEqualTo("exited with code 7");
        assertThat(exit.lastLines()).containsExactly("going");
        assertThat(exit.permanent()).isFalse();
    }

    @Test
    void out_of_memory() throws Exception {
        RunnerExit exit = run(builder.heap("32m").jvmOptions("-XX:+ExitOnOutOfMemoryError"), "STUB", "fill-heap");

        assertThat(exit.reason()).isEqualTo(Reason.OUT_OF_MEMORY);
        assertThat(exit.exitCode()).hasValue(3);
    }

    @Test
    void kill_is_reported_and_idempotent() throws Exception {
        RunnerHandle runner = start(builder, "STUB", "block");
        told();

        runner.kill();
        RunnerExit exit = end(runner);
        runner.kill();

        assertThat(exit.message()).startsWith("was killed by its pool");
        assertThat(runner.description()).matches("process \\d+");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void kill_from_outside_is_told_from_the_pool_s() throws Exception {
        RunnerHandle runner = start(builder, "STUB", "block");
        ProcessHandle.of(told()).orElseThrow().destroyForcibly();

        RunnerExit exit = end(runner);

        assertThat(exit.message()).startsWith("was killed (SIGKILL, exit code 137)");
        assertThat(exit.reason()).isEqualTo(Reason.EXITED);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void kill_takes_descendants_along() throws Exception {
        RunnerHandle runner = start(builder, "STUB", "spawn-and-block");
        ProcessHandle grandchild = ProcessHandle.of(told()).orElseThrow();

        runner.kill();

        end(runner);
        await().atMost(Duration.ofSeconds(60)).until(() -> !grandchild.isAlive());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void process_that_keeps_the_output_open_does_not_hold_up_the_end() throws Exception {
        RunnerHandle runner = start(builder, "STUB", "spawn-and-exit");
        ProcessHandle grandchild = ProcessHandle.of(told()).orElseThrow();
        try {
            RunnerExit early =
                    await().atMost(Duration.ofSeconds(60)).until(runner::unreachable, known -> known != null);
            assertThat(early.exitCode()).as("known before its output has ended").hasValue(0);
            RunnerExit exit = end(runner);

            assertThat(grandchild.isAlive()).isTrue();
            assertThat(exit.exitCode()).hasValue(0);
            assertThat(exit.lastLines()).containsExactly("spawned");
        } finally {
            grandchild.destroyForcibly();
        }
    }

    @Test
    void jvm_that_cannot_come_up_is_permanent() throws Exception {
        RunnerExit option = run(builder.jvmOptions("-XX:+NoSuchOption"), "STUB", "exit 0");
        assertThat(option.permanent()).isTrue();
        assertThat(option.exitCode()).hasValue(1);
        assertThat(option.lastLines()).anySatisfy(line -> assertThat(line).contains("NoSuchOption"));

        RunnerExit main = run(builder(JvmCommand.ofThisProcess().withMainClass("no.such.Main")), "STUB", "exit 0");
        assertThat(main.permanent()).isTrue();
    }

    @Test
    void missing_java_is_permanent() {
        JvmFacts facts = new JvmFacts(temp.toString(), false, "", List.of(), "x", null, null, "Main", null, true, null);

        assertThatThrownBy(() -> builder(JvmCommand.of(facts)).build().start(spec("r-1")))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        e -> assertThat(e.isPermanent()).isTrue())
                .hasMessageContaining("r-1")
                .hasMessageContaining("no Java launcher at " + temp);
    }

    @Test
    void directory_that_goes_away_is_permanent() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("gone"));
        ProcessBackend backend = builder.workingDirectory(directory).build();
        Files.delete(directory);

        assertThatThrownBy(() -> backend.start(spec("r-1")))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        e -> assertThat(e.isPermanent()).isTrue())
                .hasMessageContaining("working directory " + directory);
    }

    @Test
    void environment_that_is_too_large_is_permanent_and_not_shown() {
        String large = "secret".repeat(200_000);

        assertThatThrownBy(() -> builder.build().start(spec("r-1", "LARGE", large)))
                .isInstanceOfSatisfying(
                        RunnerBootException.class,
                        e -> assertThat(e.isPermanent()).isTrue())
                .hasMessageContaining("too long")
                .hasMessageNotContaining("secret");
    }

    @Test
    void cancelled_boot_starts_nothing() {
        ProcessBackend backend = builder.build();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> backend.start(spec("r-1"))).isInstanceOf(InterruptedException.class);
    }

    @Test
    void long_class_path_is_passed_in_a_file_that_goes_with_the_backend() throws Exception {
        List<Path> entries =
                new ArrayList<>(Collections.nCopies(100_000 / temp.toString().length() + 1, temp));
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            entries.add(Path.of(entry));
        }
        try (ProcessBackend backend = builder.classPath(entries).build()) {
            RunnerExit exit = end(backend.start(spec("r-1", "STUB", "exit 0")));
            assertThat(exit.lastLines()).containsExactly("going");
            assertThat(argumentFiles()).hasSize(1);
        }
        assertThat(argumentFiles()).isEmpty();
    }

    @Test
    void closed_backend_starts_nothing() {
        ProcessBackend backend = builder.build();
        backend.close();
        backend.close();

        assertThatThrownBy(() -> backend.start(spec("r-1")))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("closed");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void fifty_starts_at_once_leave_nothing_behind() throws Exception {
        ProcessBackend backend = builder.heap("8m").build();
        end(backend.start(spec("warm-up", "STUB", "exit 0")));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(threads()).isEmpty());
        long files = openFiles();

        List<RunnerHandle> runners = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            runners.add(backend.start(spec("r-" + i, "STUB", "exit " + i)));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(end(runners.get(i)).exitCode()).hasValue(i);
        }

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(threads()).isEmpty();
            assertThat(ProcessHandle.current().children()).isEmpty();
            assertThat(openFiles()).isLessThanOrEqualTo(files + 2);
        });
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void output_of_a_dead_parent_s_runner_does_not_hold_it_up() throws Exception {
        ProcessBuilder parent = new ProcessBuilder(JvmCommand.ofThisProcess()
                .withMainClass(StubMain.class.getName())
                .arguments());
        parent.environment().putAll(Map.of("STUB", "be-parent", "STUB_FILE", file().toString()));
        Process process = parent.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        ProcessHandle runner = ProcessHandle.of(told()).orElseThrow();
        Files.delete(file());

        process.destroyForcibly();

        assertThat(told()).isEqualTo(-1);
        await().atMost(Duration.ofSeconds(60)).until(() -> !runner.isAlive());
    }

    @Test
    void defaults() {
        try (ProcessBackend backend = ProcessBackend.create()) {
            assertThat(backend.name()).isEqualTo("process");
            assertThat(backend.listenAt()).isEqualTo(ListenAt.unixSocket());
            assertThat(backend.bootParallelism()).isPositive();
        }
        assertThat(builder.transport(ProcessBackend.Transport.TCP).build().listenAt())
                .isEqualTo(ListenAt.loopback());
        assertThat(builder().tls(true).build().listenAt()).isEqualTo(ListenAt.loopback(Tls.ephemeral()));
    }

    @Test
    void mistakes_are_told_when_it_is_built() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        refused(
                "does not exist",
                () -> builder().workingDirectory(temp.resolve("none")).build());
        refused("not a directory", () -> builder().workingDirectory(file).build());
        refused("'512mb'", () -> builder().heap("512mb"));
        refused("too small", () -> builder().heap(512));
        refused("FLAME_PARENT", () -> builder().env(Map.of("FLAME_PARENT", "x")));
        refused("'A=B'", () -> builder().env(Map.of("A=B", "x")));
        refused("FLAME_PARENT", () -> builder().env("FLAME_PARENT", "x"));
        refused("'A=B'", () -> builder().env("A=B", "x"));
        refused("blank", () -> builder().jvmOptions(" "));
        refused("null", () -> builder().jvmOptions((String) null));
        refused("-cp", () -> builder().jvmOptions("-cp", "x"));
        refused("--class-path=x", () -> builder().jvmOptions("--class-path=x"));
        refused("-jar", () -> builder().jvmOptions("-jar"));
        refused("'Xmx1g'", () -> builder().jvmOptions("Xmx1g"));
        refused("set twice", () -> builder().heap("1g").jvmOptions("-Xmx2g").build());
        refused(
                "no/such.jar",
                () -> builder().classPath(List.of(Path.of("no/such.jar"))).build());
        refused("empty", () -> builder().classPath(List.of()));
        builder()
                .jvmOptions("--add-opens", "java.base/java.lang=ALL-UNNAMED", "-Da=b")
                .build();
    }

    private static void refused(String message, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    private static ProcessBackendBuilder builder() {
        return ProcessBackend.builder();
    }

    private ProcessBackendBuilder builder(JvmCommand command) {
        return ProcessBackend.builder()
                .command(command.withHeap("32m")
                        .withOptions(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")))
                .output(ProcessBackend.Output.DISCARD);
    }

    private RunnerExit run(String... variables) throws Exception {
        return run(builder, variables);
    }

    private RunnerExit run(ProcessBackendBuilder builder, String... variables) throws Exception {
        return end(start(builder, variables));
    }

    private RunnerHandle start(ProcessBackendBuilder builder, String... variables) throws Exception {
        List<String> all = new ArrayList<>(List.of(variables));
        all.addAll(List.of("STUB_FILE", file().toString()));
        return builder.build().start(spec("r-1", all.toArray(String[]::new)));
    }

    private static RunnerExit end(RunnerHandle runner) throws Exception {
        return runner.exit().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private Path file() {
        return temp.resolve("told");
    }

    /** The number that the stub told. */
    private long told() throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(file()));
        return Long.parseLong(Files.readString(file()));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("flame4j-"))
                .toList();
    }

    private static long openFiles() throws Exception {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    /** Those of this test; other processes have theirs in the same place. */
    private List<Path> argumentFiles() throws Exception {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().matches("flame4j-.*\\.args"))
                    .filter(this::namesTheDirectoryOfThisTest)
                    .toList();
        }
    }

    private boolean namesTheDirectoryOfThisTest(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(temp.toString());
        } catch (IOException e) {
            // Gone meanwhile, or not to be read by this user: not its own.
            return false;
        }
    }
}
