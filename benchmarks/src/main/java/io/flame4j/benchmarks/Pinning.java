package io.flame4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Puts this JVM and the JVMs it started on one CPU, for as long as it is open. Where two processes land decides more
 * about a latency of 20 µs than what they do, and on one CPU they always land alike. Only where there is
 * {@code taskset}.
 */
final class Pinning implements AutoCloseable {

    private final String before;
    private final List<Long> processes = new ArrayList<>();

    private Pinning(String before) {
        this.before = before;
    }

    /** Empty when it cannot be done here. */
    static Optional<Pinning> toOneCpu() {
        long self = ProcessHandle.current().pid();
        Optional<String> affinity = taskset("-cp", Long.toString(self));
        if (affinity.isEmpty()) {
            return Optional.empty();
        }
        String cpus =
                affinity.get().substring(affinity.get().lastIndexOf(':') + 1).trim();
        Pinning pinning = new Pinning(cpus);
        pinning.processes.add(self);
        jvms(ProcessHandle.current()).forEach(child -> pinning.processes.add(child.pid()));
        String last = cpus.substring(Math.max(cpus.lastIndexOf(','), cpus.lastIndexOf('-')) + 1);
        pinning.apply(last);
        return Optional.of(pinning);
    }

    /** The JVMs that another has started. */
    static Stream<ProcessHandle> jvms(ProcessHandle parent) {
        return parent.children()
                .filter(child -> child.info().command().orElse("").endsWith("java"));
    }

    private void apply(String cpus) {
        for (long process : processes) {
            taskset("-acp", cpus, Long.toString(process));
        }
    }

    private static Optional<String> taskset(String... arguments) {
        List<String> command = new ArrayList<>(List.of("taskset"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(output.trim()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        apply(before);
    }
}
