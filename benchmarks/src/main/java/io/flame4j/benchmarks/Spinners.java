package io.flame4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keeps every CPU awake, by one endless loop for each that the system only runs when nothing else wants to: a CPU that
 * must be woken from its sleep adds several times the latency that is to be measured. Each loop ends by itself within a
 * moment when this process is gone, however it went. Does nothing where there is no {@code chrt}.
 */
final class Spinners implements AutoCloseable {

    private final List<Process> processes = new ArrayList<>();
    private final Thread hook = new Thread(this::kill, "spinners-end");

    private Spinners() {}

    static Spinners start() {
        Spinners spinners = new Spinners();
        Runtime.getRuntime().addShutdownHook(spinners.hook);
        String loop = "while kill -0 " + ProcessHandle.current().pid()
                + " 2>/dev/null; do i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; done";
        for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
            spinners.spin("chrt", "-i", "0", "sh", "-c", loop);
        }
        return spinners;
    }

    private void spin(String... command) {
        try {
            processes.add(new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            // There is no chrt on this machine.
        }
    }

    /** How many run. */
    int count() {
        return (int) processes.stream().filter(Process::isAlive).count();
    }

    private void kill() {
        processes.forEach(Process::destroyForcibly);
    }

    @Override
    public void close() {
        kill();
        try {
            for (Process process : processes) {
                // Of the system's lowest class, they need an idle CPU even to end.
                process.waitFor(1, TimeUnit.MINUTES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
