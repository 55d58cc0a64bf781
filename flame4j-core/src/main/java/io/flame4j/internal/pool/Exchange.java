package io.flame4j.internal.pool;

import io.flame4j.CallInterruptedException;
import io.flame4j.CallTimeoutException;
import io.flame4j.CodeMismatchException;
import io.flame4j.FlameException;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerLostException;
import io.flame4j.RunnerLostException.Reason;
import io.flame4j.TaskSerializationException;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.bytes.LogText;
import io.flame4j.internal.closure.DecodedResult;
import io.flame4j.internal.closure.EncodedTask;
import io.flame4j.internal.closure.ValueDecoder;
import io.flame4j.internal.context.CapturedContext;
import io.flame4j.internal.link.Slot;
import io.flame4j.internal.pool.TimeoutMessages.Timing;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.SlotConnection;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a call over a slot connection and reads what comes back. The calling thread does all of it. Thread-safe: it
 * holds nothing of a call.
 */
final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** What is kept of why a runner refused a call. */
    private static final int LONGEST_REASON = 300;

    private final RunnerServices services;
    private final Decoders decoders;
    private final TimeoutMessages messages;

    Exchange(RunnerServices services, Decoders decoders) {
        this.services = services;
        this.decoders = decoders;
        this.messages = new TimeoutMessages(services.pool());
    }

    /** The call never reached a task and may be sent elsewhere. */
    static final class NotStartedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotStartedException(String why) {
            super(why, null, false, false);
        }
    }

    /**
     * The connection is of no more use, because the call was given up or the connection broke: the slot has to be
     * abandoned. The cause is what the caller is to see.
     */
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Throwable outcome;
        private final boolean started;

        BrokenException(Throwable outcome, boolean started) {
            super(null, null, false, false);
            this.outcome = outcome;
            this.started = started;
        }

        Throwable outcome() {
            return outcome;
        }

        /** Whether the task may have been started. */
        boolean started() {
            return started;
        }
    }

    /**
     * Runs the call.
     *
     * @return what came back
     * @throws BrokenException when the slot is to be abandoned
     * @throws NotStartedException when the runner refused it; the connection is good
     * @throws Throwable what the task threw, or what is to be thrown instead of it; the connection is good
     */
    DecodedResult run(Call call, ManagedRunner runner, Slot.Line line) throws Throwable {
        boolean sent = false;
        Reply reply;
        long began = services.now();
        line.begin(call, call.deadline);
        services.wakeBy(call.deadline);
        try {
            call.begin(line);
            if (call.watch != null) {
                call.watch.sends(runner.id(), began);
            }
            int sequence = line.nextSequence();
            ByteWriter request = request(call, line, began);
            line.connection().send(Protocol.CALL, call.flags(), sequence, request);
            sent = true;
            if (call.watch != null) {
                call.watch.sent(request.size());
            }
            reply = answer(call, runner, line, sequence, began);
        } catch (IOException e) {
            throw broken(e, call, runner, line, began, sent);
        } catch (CancellationException e) {
            throw new BrokenException(e, sent);
        } catch (RuntimeException | Error e) {
            // The frame was left half written or half read, by a want of memory for one: nobody else may find the rest.
            throw new BrokenException(e, true);
        } finally {
            line.end();
            line.used(services.now());
        }
        if (reply.result == null) {
            throw Objects.requireNonNull(reply.failure);
        }
        return reply.result;
    }

    /** What came over a good connection; a failure is a value here, so that it cannot be taken for one of the wire. */
    private record Reply(
            @Nullable DecodedResult result, @Nullable Throwable failure) {}

    private ByteWriter request(Call call, Slot.Line line, long now) {
        ByteWriter out = new ByteWriter(128);
        out.writeVarLong(
                call.deadline == Slot.NEVER ? 0 : Math.max(0, TimeUnit.NANOSECONDS.toMicros(call.deadline - now)) + 1);
        out.writeByte(call.target);
        if (call.target == Protocol.TARGET_TRACKED || call.target == Protocol.TARGET_RELEASE) {
            out.writeVarLong(call.trackedId);
        }
        CapturedContext context = call.context();
        if (context != null) {
            context.writeTo(out);
        }
        if (call.task != null) {
            call.task.writeTo(out, line.known());
        }
        return out;
    }

    private Reply answer(Call call, ManagedRunner runner, Slot.Line line, int sequence, long began) throws IOException {
        SlotConnection connection = line.connection();
        while (true) {
            connection.receive();
            if (connection.sequence() != sequence) {
                throw new IOException("answer to call " + connection.sequence() + " instead of " + sequence);
            }
            ByteReader body = connection.body();
            if (call.watch != null) {
                call.watch.received(body.remaining());
            }
            if (connection.type() == Protocol.PROGRESS) {
                if ((call.flags() & Protocol.CALL_PROGRESS) == 0) {
                    throw new IOException("malformed frame: progress of a call that did not ask for it");
                }
                progress(call, body);
                body.skipRemaining();
                continue;
            }
            readTime(call, connection, body);
            Reply reply = switch (connection.type()) {
                case Protocol.RESULT -> result(call, runner, connection, body);
                case Protocol.FAILURE -> new Reply(null, failure(call, runner, line, began));
                case Protocol.REFUSED ->
                    new Reply(null, new NotStartedException(LogText.oneLine(decoders.text(body), LONGEST_REASON)));
                default -> throw new IOException("malformed frame: type " + connection.type());
            };
            if (body.isTorn()) {
                // Too deep to be read: that is the answer to this call, and the next frame cannot be found.
                line.spoil();
            } else {
                body.skipRemaining();
            }
            return reply;
        }
    }

    private static void readTime(Call call, SlotConnection connection, ByteReader body) throws IOException {
        if (connection.type() != Protocol.REFUSED && (connection.flags() & Protocol.ANSWER_TIMED) != 0) {
            if (call.watch == null) {
                throw new IOException("malformed frame: the time of a task that nobody asked for");
            }
            call.watch.taskTook(body.readVarLong());
        }
    }

    private Reply result(Call call, ManagedRunner runner, SlotConnection connection, ByteReader body)
            throws IOException {
        boolean tracked = (connection.flags() & Protocol.RESULT_TRACKED) != 0;
        if (tracked && (call.flags() & Protocol.CALL_TRACK) == 0) {
            // It would keep the slot, and nobody would know of it.
            throw new IOException("malformed frame: a tracked result of a call that did not ask for one");
        }
        ValueDecoder decoder = decoders.values(call.loader);
        try {
            return new Reply(
                    tracked ? decoder.decodeTracked(body) : new DecodedResult(decoder.decode(body), List.of()), null);
        } catch (ResultSerializationException e) {
            return new Reply(null, new ResultSerializationException(at(call, runner) + e.getMessage(), e.getCause()));
        } catch (FlameException e) {
            return new Reply(null, e);
        }
    }

    /** What goes wrong here is logged: progress is told by the way, and the call itself is well. */
    private void progress(Call call, ByteReader body) throws IOException {
        Object value;
        try {
            value = decoders.values(call.loader).decode(body);
        } catch (FlameException e) {
            LOG.error("Pool '{}': progress of {} cannot be read", services.pool(), call.describe(), e);
            return;
        }
        call.options.onProgress().ifPresent(listener -> {
            try {
                listener.accept(value);
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
                LOG.error("Pool '{}': the progress listener of {} failed", services.pool(), call.describe(), e);
            }
        });
    }

    private Throwable failure(Call call, ManagedRunner runner, Slot.Line line, long began) throws IOException {
        ByteReader body = line.connection().body();
        int kind = body.readByte();
        return switch (kind) {
            case Protocol.FAILURE_THROWN -> {
                if (call.watch != null) {
                    call.watch.taskThrew();
                }
                yield decoders.failures(call.loader).decode(body, runner.id(), call.caller.get());
            }
            case Protocol.FAILURE_CODE_MISMATCH -> new CodeMismatchException(at(runner) + decoders.text(body), null);
            case Protocol.FAILURE_TASK_UNREADABLE -> {
                String message = decoders.text(body);
                body.skipRemaining();
                // The runner may have lost its place in what it was sent, and hangs up in that case.
                line.spoil();
                yield new TaskSerializationException(at(runner) + message, null);
            }
            case Protocol.FAILURE_RESULT ->
                new ResultSerializationException(at(call, runner) + decoders.text(body), null);
            case Protocol.FAILURE_DEADLINE -> overdue(call, runner, began);
            case Protocol.FAILURE_ENDED ->
                new BrokenException(
                        ended(
                                call,
                                runner,
                                decoders.failures(call.loader).decode(body, runner.id(), call.caller.get())),
                        true);
            case Protocol.FAILURE_GONE -> new FlameException(at(runner) + decoders.text(body));
            default -> throw new IOException("malformed frame: failure kind " + kind);
        };
    }

    private CallTimeoutException overdue(Call call, ManagedRunner runner, long began) {
        return messages.running(
                call.describe(), runner.id(), Timing.of(call, services.timeoutNanos(), began, services.now()));
    }

    private String at(ManagedRunner runner) {
        return "Pool '" + services.pool() + "', runner " + runner.id() + ": ";
    }

    private String at(Call call, ManagedRunner runner) {
        return "Pool '" + services.pool() + "', runner " + runner.id() + call.ownName() + ": ";
    }

    /** What the caller is to see when the connection is gone. */
    private BrokenException broken(
            IOException broken, Call call, ManagedRunner runner, Slot.Line line, long began, boolean sent) {
        if (line.isOverdue()) {
            return new BrokenException(overdue(call, runner, began), sent);
        }
        if (call.isCancelled()) {
            return new BrokenException(Call.cancellation(), sent);
        }
        if (Thread.currentThread().isInterrupted()) {
            return new BrokenException(interrupted(call, runner), sent);
        }
        try {
            RunnerLostException loss = runner.loss().await(line, call.deadline);
            // Asked last: the runner's word comes over another connection, and may be late.
            if (sent && runner.loss().excludes(line)) {
                return new BrokenException(endedBefore(call, runner, broken), false);
            }
            if (loss == null && services.now() >= call.deadline) {
                return new BrokenException(overdue(call, runner, began), sent);
            }
            return new BrokenException(
                    loss == null
                            ? cut(call, runner, broken, sent)
                            : new RunnerLostException(
                                    call.advised(String.valueOf(loss.getMessage())),
                                    loss.runnerId(),
                                    loss.reason(),
                                    broken),
                    sent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new BrokenException(interrupted(call, runner), sent);
        }
    }

    private RunnerLostException endedBefore(Call call, ManagedRunner runner, IOException broken) {
        return new RunnerLostException(
                at(runner) + "the runner ended before it began " + call.describe()
                        + ", which did not run, and is safe to send again.",
                runner.id(),
                Reason.EVICTED,
                broken);
    }

    private RunnerLostException ended(Call call, ManagedRunner runner, Throwable thrown) {
        boolean closing = services.shell().isClosed();
        return new RunnerLostException(
                call.advised(at(call, runner)
                        + (closing ? "the pool was closed" : "the runner was told to end (SIGTERM)")
                        + ", and interrupted the task when that had gone on for shutdownTimeout. The task has run in part;"
                        + " what it made of its interrupt is the cause of this. Raise shutdownTimeout if tasks need longer"
                        + (closing ? "." : ", and use " + EncodedTask.RETRIES + " for tasks that are safe to repeat.")),
                runner.id(),
                closing ? Reason.SHUTDOWN : Reason.EVICTED,
                thrown);
    }

    private RunnerLostException cut(Call call, ManagedRunner runner, IOException broken, boolean sent) {
        return new RunnerLostException(
                call.advised(at(runner) + "the connection of " + call.describe() + " broke ("
                        + (broken.getMessage() == null ? broken.toString() : broken.getMessage())
                        + "), though the runner is up. The task "
                        + (sent
                                ? "may have run wholly, in part or not at all; use " + EncodedTask.RETRIES
                                        + " for tasks that are safe to repeat."
                                : "did not run, and is safe to send again.")),
                runner.id(),
                Reason.CONNECTION,
                broken);
    }

    CallInterruptedException interrupted(Call call, ManagedRunner runner) {
        return new CallInterruptedException(
                at(runner) + "the thread that waited for " + call.describe()
                        + " was interrupted; the task "
                        + (call.options.isDetached() ? "is detached and goes on." : "has been interrupted."),
                null);
    }
}
