package io.flame4j.backend;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JVM options that fix sizes of the heap or choose a garbage collector, of which there may be one only. */
final class HeapOptions {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})([kKmMgGtT]?)");
    private static final Pattern HEAP_SIZE = Pattern.compile("-X(mx|ms|mn)[0-9].*"
            + "|-XX:(MaxHeapSize|InitialHeapSize|MinHeapSize|SoftMaxHeapSize|NewSize|MaxNewSize)=.*"
            + "|-XX:(Max|Min|Initial)RAM(Percentage|Fraction)=.*|-XX:MaxRAM=.*");
    private static final Pattern COLLECTOR =
            Pattern.compile("-XX:[+-]Use(Serial|Parallel|ParallelOld|G1|Z|Shenandoah|Epsilon|ConcMarkSweep)GC");
    private static final long SMALLEST = 2L << 20;

    private HeapOptions() {}

    static boolean isHeapSize(String option) {
        return HEAP_SIZE.matcher(option).matches();
    }

    static boolean isCollector(String option) {
        return COLLECTOR.matcher(option).matches();
    }

    /** Returns the size as it is, when the JVM will take it. */
    static String check(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("The heap size '" + size
                    + "' is malformed. Give a number and a unit, such as 512m or 2g, or a number of bytes.");
        }
        int unit = "kmgt".indexOf(matcher.group(2).toLowerCase(Locale.ROOT)) + 1;
        int shift = matcher.group(2).isEmpty() ? 0 : 10 * unit;
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("The heap size " + size + " is too large.");
        }
        if (number << shift < SMALLEST) {
            throw new IllegalArgumentException("The heap size " + size + " is too small. The least is 2m.");
        }
        return size;
    }
}
