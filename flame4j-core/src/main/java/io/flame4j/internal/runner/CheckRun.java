package io.flame4j.internal.runner;

import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.closure.DecodedTask;
import io.flame4j.internal.closure.TaskDecoder;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.ControlFrame.CheckAnswer;

/** Answers one question of the parent, on a thread of its own: the application's code may take its time. */
final class CheckRun implements Runnable {

    private final Runner runner;
    private final ControlFrame.Check check;

    CheckRun(Runner runner, ControlFrame.Check check) {
        this.runner = runner;
        this.check = check;
    }

    void start() {
        runner.thread(this, "-check").start();
    }

    @Override
    public void run() {
        CheckAnswer answer;
        try {
            answer = new CheckAnswer(check.checkId(), ask() ? CheckAnswer.YES : CheckAnswer.NO, "");
        } catch (Throwable e) {
            answer = new CheckAnswer(check.checkId(), CheckAnswer.FAILED, e.toString());
        }
        runner.send(answer);
    }

    private boolean ask() throws Throwable {
        Runner.Tools tools = runner.awaitTools();
        if (tools == null) {
            return false;
        }
        DecodedTask task = new TaskDecoder(tools.codec(), runner.loader()).decode(new ByteReader(check.task()));
        return Boolean.TRUE.equals(task.run(null));
    }
}
