package io.flame4j.internal.closure;

import io.flame4j.FlameException;
import io.flame4j.RemoteTaskException;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns bytes into what the task threw, on the parent. */
public final class FailureDecoder {

    private final ClassLoader loader;
    private final ResultPolicy policy;

    public FailureDecoder(ClassLoader loader, ResultPolicy policy) {
        this.loader = loader;
        this.policy = policy;
    }

    /**
     * Reads a failure and joins the frames of the waiting caller to those of the runner.
     *
     * @param runner the id of the runner, for the frame between the two
     * @param caller the frames of the waiting caller, from {@link #callerFrames()}; empty when nobody waits
     * @return what the task threw, or a {@link RemoteTaskException} in its place
     * @throws IOException when the connection broke, or the frame is malformed
     */
    public Throwable decode(ByteReader in, String runner, StackTraceElement[] caller) throws IOException {
        String className = policy.readText(in);
        boolean hasMessage = in.readBoolean();
        String text = policy.readText(in);
        String message = hasMessage ? text : null;
        String trace = policy.readText(in);
        String problem = policy.readText(in);
        Throwable failure = readObject(in, className, message, trace, problem);
        new StackJoin(runner, caller).join(failure);
        return failure;
    }

    private Throwable readObject(
            ByteReader in, String className, @Nullable String message, String trace, String problem)
            throws IOException {
        if (!problem.isEmpty()) {
            CodecSection.leave(in, CodecSection.enter(in));
            return opaque(className, message, trace, problem);
        }
        long after = CodecSection.enter(in);
        GuardFilter guard = GuardFilter.ofResult(policy, in.remaining());
        DecodeContext guarded = new DecodeContext(loader, guard);
        try {
            guard.checkSize(in.remaining());
            Object object = JdkSerialization.read(in.asInputStream(), guarded);
            guard.requireNothingRefused();
            in.skipRemaining();
            return object instanceof Throwable failure
                    ? failure
                    : opaque(className, message, trace, "it is no exception here");
        } catch (FlameException e) {
            skipRest(in);
            return opaque(className, message, trace, e.getMessage());
        } catch (IOException
                | ClassNotFoundException
                | RuntimeException
                | StackOverflowError
                | LinkageError
                | InternalError e) {
            IOException broken = in.broken();
            if (broken != null) {
                throw broken;
            }
            skipRest(in);
            Refusal refused = guard.refused();
            return opaque(
                    className,
                    message,
                    trace,
                    refused != null ? refused.ofFailure() : "the parent cannot read it: " + e);
        } finally {
            CodecSection.leave(in, after);
        }
    }

    static RemoteTaskException opaque(
            String className, @Nullable String message, String trace, @Nullable String problem) {
        RemoteTaskException opaque = new RemoteTaskException(
                "The task threw " + className + (message == null ? "" : ": " + message)
                        + " (the exception itself could not travel: " + problem + ")",
                className,
                message,
                trace);
        // Where the task failed, and not where this was found out.
        opaque.setStackTrace(RemoteFrames.parse(trace, message));
        return opaque;
    }

    /** The frames of the current thread, without those inside of flame4j. */
    public static StackTraceElement[] callerFrames() {
        return callerFrames(new Throwable());
    }

    /** The frames of the thread that made it, without those inside of flame4j. */
    public static StackTraceElement[] callerFrames(Throwable here) {
        return StackJoin.withoutInternal(here.getStackTrace());
    }

    /** What cannot be found any more is up to the caller, who sees that it cannot. */
    private static void skipRest(ByteReader in) throws IOException {
        if (!in.isTorn()) {
            in.skipRemaining();
        }
    }
}
