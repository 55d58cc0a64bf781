package io.flame4j.backend;

import java.util.List;

/**
 * What the last lines of a JVM's output tell about its end, for backends that see no more than these and an exit code.
 *
 * @since 0.1
 */
public final class JvmOutput {

    /** What {@code -XX:+ExitOnOutOfMemoryError} and its kin print. */
    private static final List<String> OUT_OF_MEMORY = List.of(
            "Terminating due to java.lang.OutOfMemoryError",
            "Aborting due to java.lang.OutOfMemoryError",
            "There is insufficient memory for the Java Runtime Environment to continue");

    /** What is in these lines when a larger heap would not help. */
    private static final List<String> OUTSIDE_OF_HEAP = List.of(
            "There is insufficient memory for the Java Runtime Environment",
            "Metaspace",
            "Compressed class space",
            "native thread",
            "direct buffer memory");

    /** What a JVM prints that will never come up as it was started. */
    private static final List<String> PERMANENT = List.of(
            "Could not find or load main class",
            "Could not create the Java Virtual Machine",
            "Unrecognized VM option",
            "Unrecognized option",
            "Main method not found in class",
            "Unable to access jarfile",
            "has been compiled by a more recent version of the Java Runtime",
            "Error occurred during initialization of boot layer",
            "Error opening zip file or JAR manifest missing",
            "Could not find agent library",
            "could not open `");

    /** What it prints besides when another try may do better. */
    private static final List<String> TRANSIENT =
            List.of("Could not reserve enough space", "insufficient memory", "unable to create native thread");

    /** What it prints when its command line is wrong. */
    private static final List<String> OPTIONS = List.of(
            "Could not create the Java Virtual Machine",
            "Error occurred during initialization of VM",
            "Error occurred during initialization of boot layer",
            "Error opening zip file or JAR manifest missing");

    private JvmOutput() {}

    /**
     * Whether a JVM says that it ended because it had no memory left.
     *
     * @param lines its last lines
     * @return true if it does
     */
    public static boolean saysOutOfMemory(List<String> lines) {
        return mentions(lines, OUT_OF_MEMORY);
    }

    /** Whether it says that some other memory than the heap was short. */
    static boolean saysHeapIsNotToBlame(List<String> lines) {
        return lines.stream()
                .filter(line -> mentions(List.of(line), OUT_OF_MEMORY))
                .anyMatch(line -> mentions(List.of(line), OUTSIDE_OF_HEAP));
    }

    /**
     * Whether a JVM that ended with exit code 1 says that it will never come up as it was started: an option it does not
     * know, a class or an archive that is not there.
     *
     * @param lines its last lines
     * @return true if it does
     */
    public static boolean saysItNeverStarts(List<String> lines) {
        return mentions(lines, PERMANENT) && !mentions(lines, TRANSIENT);
    }

    /**
     * Whether a JVM that ended with exit code 1 says that it does not start with the options that it was given: one that
     * it does not know, one with a wrong value, or two that exclude each other.
     *
     * @param lines its last lines
     * @return true if it does
     */
    public static boolean saysItsOptionsAreWrong(List<String> lines) {
        return mentions(lines, OPTIONS) && !mentions(lines, TRANSIENT);
    }

    /** Whether it says that the machine has no room for its heap, so that it did not start. */
    static boolean saysNoRoomForItsHeap(List<String> lines) {
        return mentions(lines, List.of("Could not reserve enough space"));
    }

    private static boolean mentions(List<String> lines, List<String> texts) {
        return lines.stream().anyMatch(line -> texts.stream().anyMatch(line::contains));
    }
}
