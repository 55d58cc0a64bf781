package io.flame4j.soak;

import io.flame4j.backend.ProcessBackend;
import io.flame4j.testkit.LeakCheck;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** What happens to a parent, which is then a process of its own. */
final class ParentScenarios {

    private static final int RUNNERS = 2;

    private ParentScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("parent-killed", "parent killed", Duration.ofSeconds(2), ParentScenarios::killed),
                new Scenario(
                        "parent-frozen",
                        "parent frozen, and thawed when its runners are gone",
                        // They interrupt their tasks before they end.
                        RunnerScenarios.THREE_HEARTBEATS.plus(Duration.ofSeconds(1)),
                        ParentScenarios::frozen));
    }

    /** A parent with a call on each slot of its runners. */
    private record Parent(Process process, List<Long> runners) {}

    private static Parent start(Stage stage) throws IOException {
        String run = UUID.randomUUID().toString();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParentMain.class.getName(),
                        stage.directory().toString(),
                        run)
                .redirectErrorStream(true)
                .redirectOutput(new File(stage.directory().toFile(), "parent.log"))
                .start();
        stage.cleanUp(() -> {
            process.destroyForcibly();
            Processes.withMark(ParentMain.mark(run)).forEach(Processes::kill);
        });
        Await.until(
                "the parent's calls",
                () -> Jobs.begun(stage.directory(), "linked").size() == ParentMain.CALLS || !process.isAlive());
        List<Long> runners = Processes.withMark(ParentMain.mark(run));
        stage.expect(runners.size() == RUNNERS, "the parent has " + runners.size() + " runners");
        return new Parent(process, runners);
    }

    private static void killed(Stage stage) throws Exception {
        Parent parent = start(stage);
        long killed = System.nanoTime();
        Processes.kill(parent.process.pid());
        stage.injected(1);
        Await.until("the end of the runners", () -> parent.runners.stream().noneMatch(Processes::isAlive));
        stage.noticed(killed);
        parent.process.waitFor();
        // Nobody may have been there to remove it; the next pool of any process of this user does.
        Await.until("the end of the socket's directory", () -> {
            stage.pool(ProcessBackend.builder()
                            .transport(ProcessBackend.Transport.UNIX)
                            .build())
                    .build()
                    .close();
            return LeakCheck.socketDirectories(parent.process.pid()).isEmpty();
        });
    }

    private static void frozen(Stage stage) throws Exception {
        Parent parent = start(stage);
        Processes.freeze(parent.process.pid());
        long frozen = System.nanoTime();
        stage.injected(1);
        Await.until("the end of the runners", () -> parent.runners.stream().noneMatch(Processes::isAlive));
        stage.noticed(frozen);
        Processes.thaw(parent.process.pid());
        Await.until(
                "the parent to notice",
                () -> Jobs.begun(stage.directory(), "failed").size() == 1);
        Await.until(
                "the parent to recover",
                () -> Jobs.begun(stage.directory(), "recovered").size() == 1);
        stage.go("end");
        stage.expect(
                parent.process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS) && parent.process.exitValue() == 0,
                "the parent did not end well");
    }
}
