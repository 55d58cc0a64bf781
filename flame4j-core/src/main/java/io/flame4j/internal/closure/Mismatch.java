package io.flame4j.internal.closure;

import io.flame4j.CodeMismatchException;
import io.flame4j.internal.bytes.LogText;

/** The exceptions of classes that differ; apart from the places that throw them, so that good calls load neither. */
final class Mismatch {

    private static final String CURE = "Start the runners from the same build as the parent: the same image, jars and"
            + " class directories. If they run on the parent's machine, restart the application: its classes on disk have"
            + " changed since it started.";

    private Mismatch() {}

    static RuntimeException of(long theirs, Class<?> local) {
        return new CodeMismatchException(
                "Parent and runner have different versions of class " + local.getTypeName() + " (fingerprint "
                        + Long.toHexString(ClassFingerprint.of(local)) + " here, " + Long.toHexString(theirs)
                        + " there), so the wrong code could have run. " + CURE,
                null);
    }

    static RuntimeException ofComponents(Class<?> record, String theirs, String local) {
        return new CodeMismatchException(
                "Parent and runner have different versions of record " + record.getTypeName() + ": its components are "
                        + local + " here, and " + LogText.oneLine(theirs, 1_000) + " there. " + CURE,
                null);
    }

    static RuntimeException ofLambda(String capturingClass, String lambda, Exception cause) {
        return new CodeMismatchException(
                "Class " + LambdaNames.className(capturingClass) + " has no " + lambda
                        + " like the parent's: the runner"
                        + " has another version of the class. " + CURE,
                cause);
    }
}
