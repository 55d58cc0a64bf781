package io.flame4j.internal.runner;

import io.flame4j.RemoteAction;
import io.flame4j.RunnerContext;
import io.flame4j.internal.runner.ScriptedParent.Line;
import io.flame4j.internal.wire.Protocol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A parent that is to be killed: starts a runner as its child, makes it busy, says so, and waits. Prints the runner's
 * process id and the directory of its socket.
 */
final class FakeParentMain {

    private FakeParentMain() {}

    public static void main(String[] args) throws Exception {
        long pid = ProcessHandle.current().pid();
        Path directory = Files.createTempDirectory("flame4j-" + pid + "-");
        ScriptedParent parent = ScriptedParent.onUnix(directory.resolve("s"));
        Process runner = RunnerProcess.start(parent.ticket(pid, 20_000), "-Xmx64m");
        parent.welcome();
        Line line = parent.line();
        if (args[0].equals("stubborn")) {
            line.call().flags(Protocol.CALL_PROGRESS).send((RemoteAction<RuntimeException>)
                    FakeParentMain::goOnForEver);
            line.answer();
        }
        System.out.println(runner.pid() + " " + directory);
        System.out.flush();
        while (true) {
            LockSupport.park();
        }
    }

    private static void goOnForEver() {
        RunnerContext.current().progress("started");
        while (true) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted();
        }
    }
}
