package io.flame4j.internal.closure;

import io.flame4j.CodeMismatchException;

/** Compares fingerprints. */
final class Mismatch {

    private Mismatch() {}

    /**
     * @param theirs the fingerprint that arrived
     * @param local the class here
     * @throws CodeMismatchException when both are known and differ
     */
    static void check(long theirs, Class<?> local) {
        if (theirs == ClassFingerprint.UNKNOWN) {
            return;
        }
        long ours = ClassFingerprint.of(local);
        if (ours != ClassFingerprint.UNKNOWN && ours != theirs) {
            throw new CodeMismatchException(
                    "Parent and runner have different versions of class " + local.getTypeName() + " (fingerprint "
                            + Long.toHexString(ours) + " here, " + Long.toHexString(theirs)
                            + " there), so the wrong code could have run. Start the runners from the same build as the"
                            + " parent: the same image, jars and class directories. After a rebuild, restart both.",
                    null);
        }
    }
}
