package io.flame4j.benchmarks;

import java.util.Arrays;
import java.util.List;

/** Sorted durations in nanoseconds. */
final class Samples {

    private final long[] sorted;

    Samples(long[] nanos) {
        sorted = nanos.clone();
        Arrays.sort(sorted);
    }

    /** The value that this share of the samples does not exceed, in microseconds. */
    double micros(double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, index)] / 1e3;
    }

    static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        double[] ordered =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = ordered.length / 2;
        return ordered.length % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }
}
