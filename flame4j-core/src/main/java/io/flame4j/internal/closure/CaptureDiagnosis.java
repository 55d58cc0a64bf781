package io.flame4j.internal.closure;

import io.flame4j.ResultSerializationException;
import io.flame4j.TaskSerializationException;
import io.flame4j.codec.NotEncodableException;
import java.io.NotSerializableException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Says why a task or a result cannot travel: which lambda, by which path it holds which object, and what to do. Runs only
 * after the encoding has failed.
 */
final class CaptureDiagnosis {

    private static final int LONGEST_PATH = 12;

    private CaptureDiagnosis() {}

    static RuntimeException ofTask(Object closure, boolean hasArgument, @Nullable Object argument, Throwable cause) {
        ClosureShape.Instance lambda = ClosureShape.of(closure);
        String task = lambda != null ? lambda.shape().describe() : ClosureNames.describe(closure);
        GraphWalk walk = new GraphWalk();
        if (lambda != null) {
            walk.followCaptured(null, lambda.lambda());
        } else {
            walk.addRoot(closure, task);
        }
        if (hasArgument && argument != null) {
            walk.addRoot(argument, "argument (" + ClosureNames.type(argument.getClass()) + ")");
        }
        return new TaskSerializationException(
                "The task cannot travel to a runner: " + task + " " + explain(walk, Cargo.TASK, closure, cause), cause);
    }

    static RuntimeException ofResult(Object value, Throwable cause) {
        GraphWalk walk = new GraphWalk();
        walk.addRoot(value, "result (" + ClosureNames.type(value.getClass()) + ")");
        return new ResultSerializationException(
                "The task ran, but its result " + explain(walk, Cargo.RESULT, value, cause), cause);
    }

    static RuntimeException ofProgress(Object value, Throwable cause) {
        GraphWalk walk = new GraphWalk();
        walk.addRoot(value, "progress value (" + ClosureNames.type(value.getClass()) + ")");
        return new ResultSerializationException(
                "In the middle of the task, the progress value that it sends "
                        + explain(walk, Cargo.PROGRESS, value, cause),
                cause);
    }

    /** The reason alone, for an exception that stands for the one that cannot travel. */
    static String ofFailure(Throwable failure, Throwable cause) {
        try {
            GraphWalk walk = new GraphWalk();
            walk.addRoot(failure, "exception");
            return "it " + explain(walk, Cargo.FAILURE, failure, cause);
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            // An exception class with surprises, such as a getCause() that fails.
            return String.valueOf(cause);
        }
    }

    private static String explain(GraphWalk walk, Cargo cargo, Object root, Throwable cause) {
        if (cause instanceof StackOverflowError) {
            GraphWalk.Step deepest = walk.findDeepest();
            String where = deepest == null
                    ? ""
                    : " (at least " + deepest.depth() + " references from "
                            + deepest.root().label() + " to an object of "
                            + ClosureNames.type(deepest.object().getClass()) + ")";
            return "holds objects nested too deeply to be serialized" + where + ". " + DecodeProblem.flatten();
        }
        if (!(cause instanceof NotSerializableException) || cause.getMessage() == null) {
            return "holds an object whose serialization failed: " + cause + ". If a class of yours writes itself in a"
                    + " special way (writeObject, writeReplace), see the cause.";
        }
        String className = cause.getMessage();
        if (cause instanceof NotEncodableException own) {
            GraphWalk.Step unknown = walk.findOfClass(className);
            return "holds an object of " + ClosureNames.type(className) + ", which the pool's codec cannot encode"
                    + (unknown == null ? "" : ". Path: " + path(unknown)) + ". Cure: " + own.cure();
        }
        GraphWalk.Step offender = walk.findUnserializable(className);
        if (offender == null) {
            return "holds an object of " + ClosureNames.type(className)
                    + ", which is not serializable, somewhere inside. Cure: keep it"
                    + " out of what travels, or make it implement java.io.Serializable.";
        }
        return "holds a value that is not serializable. Path: " + path(offender) + ". Cure: "
                + Cure.of(cargo, root, offender);
    }

    /** {@code captured argument 0 (this: com.acme.Orders) → com.acme.Orders.items[3] → com.acme.Item}. */
    private static String path(GraphWalk.Step offender) {
        Deque<String> labels = new ArrayDeque<>();
        int steps = 0;
        for (GraphWalk.Step step = offender; step != null; step = step.from()) {
            // The two ends of a long path say the most.
            if (steps++ < LONGEST_PATH || step.from() == null) {
                labels.addFirst(step.label());
            } else if (steps == LONGEST_PATH + 1) {
                labels.addFirst("...");
            }
        }
        StringBuilder text = new StringBuilder();
        for (String label : labels) {
            boolean inner = label.startsWith("[") || (label.startsWith(".") && !label.equals("..."));
            text.append(text.length() == 0 || inner ? "" : " → ").append(label);
        }
        return text + end(offender);
    }

    private static String end(GraphWalk.Step offender) {
        Class<?> type = offender.object().getClass();
        String className = ClosureNames.type(type);
        Class<?> declared = offender.declared();
        if (declared != null && declared.isInterface()) {
            return " → " + declared.getTypeName() + (type.isHidden() ? ", " : " implementation ") + className;
        }
        boolean said = offender.label().endsWith(className + ")")
                || (offender.from() == null && offender.label().contains(className));
        return said ? "" : " → " + className;
    }
}
