package io.flame4j.kubernetes.internal.doctor;

/** What a runner tells of itself. */
final class RunnerFacts {

    private static final int MEBIBYTE = 1 << 20;

    private RunnerFacts() {}

    /** Runs on the runner. */
    static String describe() {
        Runtime runtime = Runtime.getRuntime();
        return "Java " + Runtime.version().feature() + ", " + runtime.availableProcessors() + " processors, heap of "
                + runtime.maxMemory() / MEBIBYTE + " MiB";
    }
}
