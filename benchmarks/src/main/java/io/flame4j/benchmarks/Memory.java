package io.flame4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Memory of a process. Linux alone tells it.
 *
 * @param residentMiB all that is in memory
 * @param proportionalMiB the same, with what it shares divided by those who share it
 */
record Memory(double residentMiB, double proportionalMiB) {

    static Optional<Memory> of(long process) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/" + process + "/smaps_rollup"));
            return Optional.of(new Memory(mib(lines, "Rss:"), mib(lines, "Pss:")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static double mib(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }
}
