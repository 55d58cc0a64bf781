package io.flame4j.internal.runner;

import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts JVMs with the class path of the tests. */
final class RunnerProcess {

    private RunnerProcess() {}

    /** A runner; its output is a pipe. */
    static Process start(BootTicket ticket, String... options) throws IOException {
        return java(environment(ticket), RunnerMain.class, options, List.of());
    }

    /** What a backend would give a runner. */
    static Map<String, String> environment(BootTicket ticket) {
        return Map.of(RunnerSpec.PARENT_VARIABLE, ticket.encode(), RunnerSpec.TOKEN_VARIABLE, ticket.encodeToken());
    }

    static Process java(Map<String, String> variables, Class<?> main, String[] options, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(options));
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(RunnerSpec.VARIABLES);
        builder.environment().putAll(variables);
        return builder.start();
    }

    /** All that a process writes until its end. */
    static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    static void signal(Process process, String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IOException("kill -" + name + " failed");
        }
    }
}
