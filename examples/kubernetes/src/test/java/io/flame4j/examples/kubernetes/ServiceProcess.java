package io.flame4j.examples.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The program as a process of its own. */
final class ServiceProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("Listening on (http://\\S+),");

    private final Process process;
    private final Path log;
    private final ServiceClient client;

    private ServiceProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        try {
            client = new ServiceClient(Awaitility.await("the service to listen")
                    .atMost(Duration.ofSeconds(100))
                    .until(this::listening, found -> !found.isEmpty()));
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Starts it on a free port of the loopback interface, and waits until it listens. */
    static ServiceProcess start(Path directory, Map<String, String> environment) throws IOException {
        Path log = directory.resolve("service.log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KUBERNETES_") || name.startsWith("POD_"));
        builder.environment().put("HTTP_PORT", "0");
        builder.environment().putAll(environment);
        return new ServiceProcess(builder.start(), log);
    }

    private String listening() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("The service has ended: " + log());
        }
        Matcher matcher = LISTENING.matcher(log());
        return matcher.find() ? matcher.group(1) : "";
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    ServiceClient client() {
        return client;
    }

    /** The runners. */
    List<ProcessHandle> children() {
        return process.children().toList();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The service does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
