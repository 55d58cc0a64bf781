package io.flame4j.internal.closure;

import org.jspecify.annotations.Nullable;

/** Words for what can go wrong when bytes are turned into objects. */
final class DecodeProblem {

    private DecodeProblem() {}

    static String missingOnRunner(@Nullable String className) {
        return "The task needs class " + className + ", which is not on the runner's class path. Start the runners from"
                + " the same build as the parent: the same image, jars and class directories.";
    }

    static String brokenOnRunner(String className, Throwable cause) {
        return "The task needs class " + className + ", which cannot be loaded or initialised on the runner: " + cause
                + ". What its static initialiser needs must be there on a runner as well.";
    }

    /** Of a task, on the runner. */
    static String ofTask(Throwable cause) {
        if (cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError) {
            return missingOnRunner(missingClass(cause));
        }
        if (cause instanceof LinkageError) {
            return "A class that the task needs cannot be loaded or initialised on the runner: " + cause + ".";
        }
        if (cause instanceof StackOverflowError) {
            return "The task's captured values are nested too deeply to be read on the runner. " + flatten();
        }
        return "The task could not be read on the runner: " + cause + ". If a class of yours reads itself in a"
                + " special way (readObject, readResolve), see the cause; else the message was malformed.";
    }

    /** Of a result, on the parent. */
    static String ofResult(Throwable cause, @Nullable String refused) {
        if (refused != null) {
            return "The task ran, but its result holds " + refused + ", which the pool's filter for what comes from"
                    + " runners refuses. Allow it there, or return something else.";
        }
        if (cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError) {
            return "The task ran, but its result holds an object of class " + missingClass(cause)
                    + ", which the parent does not have. Add it to the parent's class path, or return something else.";
        }
        if (cause instanceof StackOverflowError) {
            return "The task ran, but its result is nested too deeply to be read on the parent. " + flatten();
        }
        return "The task ran, but its result could not be read on the parent: " + cause + ". If a class of yours reads"
                + " itself in a special way (readObject, readResolve), see the cause; else the message was malformed.";
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
