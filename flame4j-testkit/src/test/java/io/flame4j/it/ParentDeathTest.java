package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.it.ParentMain.Work;
import io.flame4j.testkit.LeakCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A parent that ends without a word: its runners end too, soon, and nothing of them stays. */
class ParentDeathTest {

    /** What is promised, at the best of some attempts: the machine may be busy. */
    private static final Duration BOUND = Duration.ofSeconds(5);

    /** Has the run's name, for a parent and all that it forks. */
    private static final String RUN_VARIABLE = "FLAME4J_TEST_RUN";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @TempDir
    Path all;

    /** Of this attempt. */
    private Path directory;

    private String run;
    private Process parent;

    /** Ends a parent, checks what must be at any speed, and tells how long it took until its runners were gone. */
    @FunctionalInterface
    private interface Attempt {
        Duration take() throws Exception;
    }

    private void assertInTime(Attempt attempt) throws Exception {
        Duration best = attempt.take();
        for (int more = 2; more > 0 && best.compareTo(BOUND) >= 0; more--) {
            Duration next = attempt.take();
            best = next.compareTo(best) < 0 ? next : best;
        }
        assertThat(best).isLessThan(BOUND);
    }

    private void startParent(Work work) throws IOException {
        run = UUID.randomUUID().toString();
        directory = Files.createDirectory(all.resolve(run));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParentMain.class.getName(),
                        work.name(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("parent.log").toFile());
        builder.environment().put(RUN_VARIABLE, run);
        parent = builder.start();
    }

    @AfterEach
    void endAll() throws Exception {
        parent.destroyForcibly().waitFor();
        // One that ends by itself this very moment is no failure.
        runners().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    /**
     * The runners of this test's parent, whoever their parent is now. Known by a variable that they inherit and not by
     * their command line, which one that has just been forked does not have yet: it will go on to be a runner though its
     * parent is gone, and until then it holds the parent's descriptors, the socket that listens among them.
     */
    private List<Long> runners() {
        String mark = RUN_VARIABLE + "=" + run;
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != parent.pid() && environment(pid).contains(mark))
                .toList();
    }

    private static String environment(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private void killParent() throws InterruptedException {
        Processes.kill(parent.pid());
        parent.waitFor(30, TimeUnit.SECONDS);
    }

    /** How long it takes until no runner is left. */
    private Duration awaitNoRunners() {
        return await("end of all runners", () -> runners().isEmpty());
    }

    private static Duration await(String what, Callable<Boolean> condition) {
        long began = System.nanoTime();
        Awaitility.await(what)
                .atMost(Jobs.LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private void awaitNoSocketDirectory() {
        Awaitility.await("end of the socket directory")
                .atMost(Duration.ofSeconds(10))
                .until(() -> LeakCheck.socketDirectories(parent.pid()).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(names = {"LINKED", "STUBBORN", "IDLE"})
    void runnersEndWithTheirParent(Work work) throws Exception {
        assertInTime(() -> endOfRunners(work));
    }

    private Duration endOfRunners(Work work) throws Exception {
        startParent(work);
        Jobs.awaitRun(directory, "parent");
        if (work != Work.IDLE) {
            Jobs.awaitRuns(directory, "linked", 4);
        }
        assertThat(runners()).hasSize(2);
        assertThat(LeakCheck.socketDirectories(parent.pid())).hasSize(1);
        killParent();
        Duration took = awaitNoRunners();
        System.out.println("runners (" + work + ") were gone " + took.toMillis() + " ms after their parent was killed");
        awaitNoSocketDirectory();
        boolean tooFewInterrupted = work == Work.LINKED
                && Jobs.runs(directory, "linked-interrupted").size() < 4;
        // A runner waits for its interrupted tasks, but not for long: they have to be in time as well.
        return tooFewInterrupted && took.compareTo(BOUND) < 0 ? BOUND : took;
    }

    @Test
    void aDetachedTaskFinishesAfterItsParentIsGone() throws Exception {
        assertInTime(this::endOfADetachedTask);
    }

    /** Of the two waits, the longer one. */
    private Duration endOfADetachedTask() throws Exception {
        startParent(Work.DETACHED);
        long runner = Jobs.awaitRun(directory, "detached");
        Jobs.awaitRun(directory, "parent");
        killParent();
        Duration other = await(
                "end of the runner without a detached task", () -> runners().equals(List.of(runner)));
        Jobs.go(directory, "detached");
        assertThat(Jobs.awaitRun(directory, "detached-finished")).isEqualTo(runner);
        Duration took = awaitNoRunners();
        System.out.println("a runner was gone " + took.toMillis() + " ms after its detached task");
        awaitNoSocketDirectory();
        return took.compareTo(other) > 0 ? took : other;
    }

    @Test
    void aRunnerThatIsInitializingEndsWithItsParent() throws Exception {
        assertInTime(this::endOfAnInitializingRunner);
    }

    private Duration endOfAnInitializingRunner() throws Exception {
        startParent(Work.INITIALIZING);
        Jobs.awaitRun(directory, "initializing");
        killParent();
        Duration took = awaitNoRunners();
        System.out.println(
                "a runner was gone " + took.toMillis() + " ms after its parent was killed while its initializer ran");
        awaitNoSocketDirectory();
        return took;
    }

    @RepeatedTest(4)
    void aRunnerThatHasNotConnectedEndsWithItsParent() throws Exception {
        assertInTime(this::endOfABootingRunner);
    }

    private Duration endOfABootingRunner() throws Exception {
        startParent(Work.IDLE);
        Awaitility.await("a runner's process")
                .atMost(Jobs.LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> parent.children().findAny().isPresent());
        killParent();
        Duration took = awaitNoRunners();
        System.out.println(
                "runners were gone " + took.toMillis() + " ms after their parent was killed while they booted");
        // Nobody may have been there to remove it; the next pool of any process of this user does, unless one that is
        // being started, and cannot be recognized at this moment, still listens for the parent.
        Awaitility.await("end of the socket directory").atMost(Jobs.LONG).until(() -> {
            Backends.PROCESS_UNIX.pool().build().close();
            return LeakCheck.socketDirectories(parent.pid()).isEmpty();
        });
        return took;
    }

    @Test
    void aParentThatIsToldToEndTakesItsRunnersAlong() throws Exception {
        startParent(Work.LINKED);
        Jobs.awaitRuns(directory, "linked", 4);
        Processes.terminate(parent.pid());
        assertThat(parent.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(runners()).as("runners after the end of their parent").isEmpty();
        assertThat(LeakCheck.socketDirectories(parent.pid())).isEmpty();
    }

    @Test
    void anApplicationCanCloseItsPoolInAHookOfItsOwn() throws Exception {
        startParent(Work.GRACEFUL);
        Jobs.awaitRuns(directory, "linked", 2);
        Jobs.awaitRun(directory, "parent");
        Processes.terminate(parent.pid());
        Jobs.awaitRun(directory, "closing");
        Jobs.go(directory, "linked");
        assertThat(parent.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Jobs.runs(directory, "answered")).hasSize(1);
        assertThat(Jobs.runs(directory, "linked-interrupted")).isEmpty();
        assertThat(runners()).as("runners after the end of their parent").isEmpty();
    }
}
