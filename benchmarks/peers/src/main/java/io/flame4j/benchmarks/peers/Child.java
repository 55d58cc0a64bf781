package io.flame4j.benchmarks.peers;

import io.flame4j.backend.JvmCommand;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The process of a runner. It ends when this JVM does: its standard input is a pipe from here. */
final class Child implements Closeable {

    private static final long END_SECONDS = 5;

    private final Process process;
    private final BufferedReader out;

    private Child(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts one with the options of this JVM.
     *
     * @param options more of them
     * @param classPath all of it
     * @param main what runs; calls {@link #endWithParent} first
     * @param arguments for it
     */
    static Child start(List<String> options, String classPath, Class<?> main, String... arguments) throws IOException {
        JvmCommand own = JvmCommand.ofThisProcess();
        List<String> command = new ArrayList<>(List.of(own.java()));
        command.addAll(own.options());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeAll(JvmCommand.ABSORBED_VARIABLES);
        return new Child(builder.start());
    }

    /** The next line that the runner has printed. */
    String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the runner has ended with " + process);
        }
        return line;
    }

    /** In a runner: ends this JVM when its parent has ended. */
    static void endWithParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is ever written there.
                        }
                    } catch (IOException e) {
                        // As good as the end.
                    }
                    Runtime.getRuntime().halt(0);
                },
                "end-with-parent");
        watch.setDaemon(true);
        watch.start();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        out.close();
    }
}
