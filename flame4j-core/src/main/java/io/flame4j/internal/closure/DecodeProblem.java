package io.flame4j.internal.closure;

import io.flame4j.FlameException;
import io.flame4j.ResultSerializationException;
import io.flame4j.TaskSerializationException;
import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What to throw when bytes cannot be turned into objects. Apart from the places that throw it, so that good calls load
 * none of these exceptions.
 */
final class DecodeProblem {

    private DecodeProblem() {}

    static RuntimeException missingOnRunner(@Nullable String className, Throwable cause) {
        return new TaskSerializationException(
                "The task needs class " + className
                        + ", which is not on the runner's class path. Start the runners from"
                        + " the same build as the parent: the same image, jars and class directories. A class that is only"
                        + " in the parent's memory (of java Main.java or jshell, or made at run time by a library, as proxies"
                        + " and mocks are) cannot be there: compile it to where the class path has it, or pass the data that"
                        + " the task needs from it instead.",
                cause);
    }

    static RuntimeException brokenOnRunner(String className, Throwable cause) {
        return new TaskSerializationException(
                "The task needs class " + className + ", which cannot be loaded or initialised on the runner: " + cause
                        + ". What its static initialiser needs must be there on a runner as well.",
                cause);
    }

    /**
     * Of a task, on the runner.
     *
     * @throws IOException when the connection is to blame
     */
    static RuntimeException ofTask(Throwable cause, ByteReader in) throws IOException {
        RuntimeException clear = clear(cause, in);
        if (clear != null) {
            return clear;
        }
        if (isMissing(cause)) {
            return missingOnRunner(missingClass(cause), cause);
        }
        String message;
        if (cause instanceof LinkageError) {
            message = "A class that the task needs cannot be loaded or initialised on the runner: " + cause + ".";
        } else if (cause instanceof StackOverflowError) {
            message = "What the task captures is nested too deeply to be read on the runner. " + flatten();
        } else {
            message = "The task could not be read on the runner: " + cause + ". " + special();
        }
        return new TaskSerializationException(message, cause);
    }

    /**
     * Of a result, on the parent.
     *
     * @param refused what the filter refused, or null
     * @throws IOException when the connection is to blame
     */
    static RuntimeException ofResult(Throwable cause, ByteReader in, @Nullable Refusal refused) throws IOException {
        RuntimeException clear = clear(cause, in);
        if (clear != null) {
            return clear;
        }
        String message;
        if (refused != null) {
            message = refused.ofResult();
        } else if (isMissing(cause)) {
            message = "its result holds an object of class " + missingClass(cause) + ", which the parent does not have."
                    + " Add it to the parent's class path, or return something else.";
        } else if (cause instanceof StackOverflowError) {
            message = "its result is nested too deeply to be read on the parent. " + flatten();
        } else {
            message = "its result could not be read on the parent: " + cause + ". " + special();
        }
        return new ResultSerializationException("The task ran, but " + message, cause);
    }

    /** What needs no other words. */
    private static @Nullable RuntimeException clear(Throwable cause, ByteReader in) throws IOException {
        IOException broken = in.broken();
        if (broken != null) {
            throw broken;
        }
        return cause instanceof FlameException known ? known : null;
    }

    private static boolean isMissing(Throwable cause) {
        return cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError;
    }

    private static String special() {
        return "If a class of yours reads itself in a special way (readObject, readResolve), see the cause; else the"
                + " message was malformed.";
    }

    /** The cure of a StackOverflowError. */
    static String flatten() {
        return "Serialization follows references one inside the other: turn a long chain of objects into a list or an"
                + " array, or give the JVM deeper stacks (-Xss, for example -Xss16m).";
    }

    private static @Nullable String missingClass(Throwable cause) {
        String message = cause.getMessage();
        if (message == null && cause.getCause() != null) {
            message = cause.getCause().getMessage();
        }
        return message == null ? null : message.replace('/', '.');
    }
}
