package io.flame4j.internal.runner;

import io.flame4j.CodeMismatchException;
import io.flame4j.ResultSerializationException;
import io.flame4j.TaskSerializationException;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.DecodedTask;
import io.flame4j.internal.closure.FailureEncoder;
import io.flame4j.internal.closure.TaskDecoder;
import io.flame4j.internal.closure.TrackedOriginal;
import io.flame4j.internal.closure.TrackedResult;
import io.flame4j.internal.context.CarriedContext;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.SlotConnection;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Serves the calls of one slot connection, one after the other, on the slot's thread: reads a call, runs it, answers.
 *
 * <p>All fields belong to that thread, but for the sending: {@code sending} orders the progress that other threads of a
 * task may send and the answer.
 */
final class CallServer {

    /** A writer that has grown beyond this is not kept for the next call. */
    private static final int KEEP_WRITER = 64 * 1024;

    private final SlotWorker worker;
    private final Runner runner;
    private final Runner.Tools tools;
    private final SlotConnection connection;
    private final int generation;
    private final TaskDecoder decoder;
    private final ReentrantLock sending = new ReentrantLock();
    private ByteWriter answer = new ByteWriter();
    private long calls;

    /** The last call, if it keeps what it has sent until the parent has read it and calls again. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable TaskScope lastScope;

    /** Of the call that runs: what its task is applied to. */
    private int target;

    private long targetId;

    /** Of the call that runs: whether the parent wants to know how long its task took. */
    private boolean timed;

    /** How long its task took; -1 as long as that is not known. */
    private long taskNanos;

    /** Of the call that runs: what travelled with it. */
    private List<CarriedContext.Section> context = List.of();

    /** Of the answer being made: the frame type and its flags. */
    private int answerType;

    private int answerFlags;

    /** Of the answer being made: what the task threw, and what it gave the slot to keep. */
    private @Nullable Throwable thrown;

    private List<TrackedOriginal> originals = List.of();
    private boolean placed;

    CallServer(SlotWorker worker, Runner.Tools tools, SlotConnection connection, int generation) {
        this.worker = worker;
        this.runner = worker.runner();
        this.tools = tools;
        this.connection = connection;
        this.generation = generation;
        this.decoder = new TaskDecoder(tools.codec(), runner.loader());
    }

    /** How many calls there were. */
    long calls() {
        return calls;
    }

    /**
     * Serves until the connection ends.
     *
     * @throws IOException how it ended
     */
    void serve() throws IOException {
        while (true) {
            connection.receive();
            if (connection.type() != Protocol.CALL) {
                throw new IOException("malformed frame: type " + connection.type());
            }
            calls++;
            lastScope = null;
            TaskScope scope = readHead();
            String refusal = worker.begin(scope);
            try {
                serve(scope, refusal);
            } finally {
                scope.finish();
                forget(scope);
                worker.end();
            }
        }
    }

    /** The next call may be hours away: until then nothing stays that the parent has, or that nobody asks for. */
    private void forget(TaskScope scope) {
        lastScope = scope.isKeeping() ? scope : null;
        if (!answer.isKeeping()) {
            clearAnswer();
        }
        thrown = null;
        originals = List.of();
        context = List.of();
    }

    private void clearAnswer() {
        if (answer.size() > KEEP_WRITER) {
            answer = new ByteWriter();
        } else {
            answer.reset();
        }
    }

    private TaskScope readHead() throws IOException {
        ByteReader in = connection.body();
        long limit = in.readVarLong();
        target = in.readByte();
        timed = (connection.flags() & Protocol.CALL_TIMED) != 0;
        targetId = target == Protocol.TARGET_TRACKED || target == Protocol.TARGET_RELEASE ? in.readVarLong() : 0;
        if (target < Protocol.TARGET_NONE || target > Protocol.TARGET_RELEASE) {
            throw new IOException("malformed call: target " + target);
        }
        context = (connection.flags() & Protocol.CALL_CONTEXT) == 0 ? List.of() : CarriedContext.read(in);
        tools.contexts().check(context);
        long deadlineAt =
                limit == 0 ? Clock.NEVER : Clock.afterMicros(runner.clock().nanos(), limit - 1);
        return new TaskScope(this, worker, generation, connection, deadlineAt);
    }

    private void serve(TaskScope scope, @Nullable String refusal) throws IOException {
        clearAnswer();
        taskNanos = -1;
        placed = false;
        if (target == Protocol.TARGET_RELEASE) {
            release();
        } else if (refusal != null) {
            refuse(refusal);
        } else {
            execute(scope);
        }
        TaskScope.Cause cause = scope.finish();
        if (cause == TaskScope.Cause.DEADLINE && answerType != Protocol.REFUSED) {
            fail(Protocol.FAILURE_DEADLINE, null);
        } else if (cause == TaskScope.Cause.SHUTDOWN && thrown != null && answerType == Protocol.FAILURE) {
            // What became of its interrupt, which the caller did not ask for.
            failWith(true, Protocol.FAILURE_ENDED, thrown);
        }
        boolean delivered = false;
        try {
            delivered = deliver(scope, cause);
        } finally {
            if (!delivered || answerType != Protocol.RESULT) {
                takeBack();
            }
        }
        if (isFatal(thrown)) {
            runner.condemn(worker, "a task ended with " + thrown);
        }
        if (connection.body().isTorn()) {
            throw new IOException("the place in what the parent sends is lost");
        }
    }

    private void release() throws IOException {
        connection.body().skipRemaining();
        worker.close(worker.objects().release(targetId));
        begin(Protocol.RESULT);
        tools.values().encodeResult(null, answer);
    }

    private void refuse(String why) throws IOException {
        connection.body().skipRemaining();
        begin(Protocol.REFUSED);
        answer.writeString(why);
    }

    private void execute(TaskScope scope) throws IOException {
        DecodedTask task = decode();
        if (task == null) {
            return;
        }
        SlotObjects.Kept argument = null;
        if (target == Protocol.TARGET_PLACED || target == Protocol.TARGET_TRACKED) {
            argument = target == Protocol.TARGET_PLACED
                    ? worker.objects().placed()
                    : worker.objects().tracked(targetId);
            if (argument == null) {
                fail(Protocol.FAILURE_GONE, "the runner no longer keeps the object that the task is for");
                return;
            }
        }
        scope.describe(task);
        TaskScope.Cause already = scope.start();
        if (already == TaskScope.Cause.SHUTDOWN) {
            refuse("the runner is about to end");
        } else if (already != null) {
            fail(Protocol.FAILURE_DEADLINE, null);
        } else {
            run(scope, task, argument == null ? null : argument.object());
        }
    }

    /** Reads the task; null when it cannot be, and the answer says why. */
    private @Nullable DecodedTask decode() throws IOException {
        ByteReader in = connection.body();
        DecodedTask task = null;
        try {
            task = decoder.decode(in);
            if (in.remaining() > 0) {
                fail(Protocol.FAILURE_TASK_UNREADABLE, "the task is followed by bytes that do not belong to it");
                task = null;
            }
        } catch (CodeMismatchException e) {
            fail(Protocol.FAILURE_CODE_MISMATCH, e.getMessage());
        } catch (TaskSerializationException e) {
            fail(Protocol.FAILURE_TASK_UNREADABLE, e.getMessage());
        } catch (RuntimeException | Error e) {
            // The application's own readObject, a static initializer, or no memory for it.
            failWith(isFatal(e), Protocol.FAILURE_TASK_UNREADABLE, e);
        }
        if (in.isTorn()) {
            return null;
        }
        in.skipRemaining();
        return task;
    }

    private void run(TaskScope scope, DecodedTask task, @Nullable Object argument) {
        Object value;
        long began = timed ? runner.clock().nanos() : 0;
        try {
            value = tools.contexts().run(task, argument, context);
            noteTime(began);
        } catch (Throwable e) {
            noteTime(began);
            failWith(true, Protocol.FAILURE_THROWN, e);
            return;
        }
        try {
            begin(Protocol.RESULT);
            encode(scope, value);
        } catch (ResultSerializationException e) {
            fail(Protocol.FAILURE_RESULT, e.getMessage());
        } catch (RuntimeException | Error e) {
            failWith(isFatal(e), Protocol.FAILURE_RESULT, e);
        }
    }

    private void noteTime(long began) {
        if (timed) {
            taskNanos = Math.max(0, runner.clock().nanos() - began);
        }
    }

    private void encode(TaskScope scope, @Nullable Object value) {
        if (target == Protocol.TARGET_PLACE) {
            SlotObjects.Kept before = worker.objects().place(value, generation);
            placed = true;
            worker.close(before);
            tools.values().encodeResult(null, answer);
        } else if (scope.isTracking()) {
            TrackedResult result = tools.values().encodeTracked(value, answer, worker.objects());
            originals = result.originals();
            for (TrackedOriginal original : originals) {
                worker.objects().track(original.id(), original.original(), generation);
            }
            answerFlags |= Protocol.RESULT_TRACKED;
        } else {
            tools.values().encodeResult(value, answer);
        }
    }

    /** Whether the JVM cannot be trusted after this. */
    private static boolean isFatal(@Nullable Throwable e) {
        return e instanceof VirtualMachineError && !(e instanceof StackOverflowError);
    }

    private void begin(int type) {
        answer.reset();
        answerType = type;
        answerFlags = 0;
        if (taskNanos >= 0) {
            answerFlags = Protocol.ANSWER_TIMED;
            answer.writeVarLong(taskNanos);
        }
    }

    private void fail(int kind, @Nullable String text) {
        begin(Protocol.FAILURE);
        answer.writeByte(kind);
        if (text != null) {
            answer.writeString(text);
        }
    }

    /** Answers with this kind of failure, and what was thrown: as it is, or in words. */
    private void failWith(boolean whole, int kind, Throwable e) {
        thrown = e;
        if (!whole) {
            fail(kind, e.toString());
            return;
        }
        try {
            fail(kind == Protocol.FAILURE_ENDED ? kind : Protocol.FAILURE_THROWN, null);
            FailureEncoder.encode(e, answer);
        } catch (RuntimeException | Error again) {
            // Most likely there is no memory left for its stack trace.
            answer = new ByteWriter();
            fail(
                    Protocol.FAILURE_RESULT,
                    "the task threw " + e.getClass().getName() + ", which cannot be encoded: " + again);
        }
    }

    /** Sends the answer, if there is anybody to hear it; returns whether it went out. */
    private boolean deliver(TaskScope scope, TaskScope.@Nullable Cause cause) throws IOException {
        boolean alone = cause == TaskScope.Cause.CALLER_GONE || cause == TaskScope.Cause.PARENT_LOST;
        if (alone || scope.isAbandoned()) {
            drop(scope);
            return false;
        }
        sending.lock();
        try {
            connection.send(answerType, answerFlags, scope.sequence(), answer);
            return true;
        } catch (IOException e) {
            drop(scope);
            throw e;
        } finally {
            sending.unlock();
        }
    }

    private void drop(TaskScope scope) {
        if (scope.outlivesCaller() && (thrown != null || answerType == Protocol.FAILURE)) {
            RunnerLog.LOG.warn(unheardFailure(thrown != null, scope.isDeadlinePassed()), thrown);
        } else {
            RunnerLog.LOG.debug("Nobody waits for a task any more; what came of it is dropped", thrown);
        }
    }

    /** For the log, of a detached task: a caller who was told of the deadline is not gone, and yet waits no more. */
    static String unheardFailure(boolean hasThrown, boolean deadlinePassed) {
        return (hasThrown ? "A detached task failed, and " : "A detached task did not succeed, and ")
                + (deadlinePassed ? "nobody waits for it any more: its deadline has passed" : "its caller is gone");
    }

    /** Lets go of what this call was to leave with the slot: the parent does not know of it. */
    private void takeBack() {
        if (placed) {
            worker.close(worker.objects().unplace());
        }
        for (TrackedOriginal original : originals) {
            worker.close(worker.objects().release(original.id()));
        }
    }

    /**
     * Finds out whether progress could be sent, when nobody would hear it.
     *
     * @throws ResultSerializationException when the value cannot travel
     */
    void checkProgress(@Nullable Serializable value) {
        tools.values().encodeProgress(value, new ByteWriter());
    }

    /**
     * Sends progress of the call that runs. Any thread of the task.
     *
     * @throws ResultSerializationException when the value cannot travel
     */
    void sendProgress(TaskScope scope, @Nullable Serializable value) {
        ByteWriter body = new ByteWriter();
        tools.values().encodeProgress(value, body);
        boolean interrupted = scope.holdInterrupts();
        sending.lock();
        try {
            if (!scope.isEnded()) {
                connection.send(Protocol.PROGRESS, 0, scope.sequence(), body);
                if (body.isKeeping()) {
                    scope.keep(body);
                }
            }
        } catch (IOException e) {
            // The caller is gone; if that is to stop the task, it is interrupted. Half a frame may have gone out.
            worker.closeConnection();
        } catch (RuntimeException | Error e) {
            // As before, for want of memory or stack. A task that goes on all the same must not have its answer read as
            // the rest of that frame.
            worker.closeConnection();
            throw e;
        } finally {
            sending.unlock();
            scope.releaseInterrupts(interrupted);
        }
    }
}
