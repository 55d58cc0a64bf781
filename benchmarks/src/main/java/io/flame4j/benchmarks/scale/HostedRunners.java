package io.flame4j.benchmarks.scale;

import io.flame4j.RunnerLostException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.benchmarks.limit.RawHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** A backend whose runners are threads of one other process, each with connections of its own. */
public final class HostedRunners implements Backend {

    private static final int PARALLEL = 50;

    private final Map<String, Hosted> runners = new ConcurrentHashMap<>();
    private final Process host;
    private final OutputStream orders;

    private HostedRunners(Process host) {
        this.host = host;
        this.orders = host.getOutputStream();
    }

    /** Starts the process. */
    public static HostedRunners start() throws IOException {
        HostedRunners backend =
                new HostedRunners(RawHost.Jvm.builder(System.getProperty("java.class.path"), HostMain.class)
                        .start());
        Thread ends = new Thread(backend::readEnds, "hosted-runners");
        ends.setDaemon(true);
        ends.start();
        return backend;
    }

    private void readEnds() {
        try (BufferedReader lines = host.inputReader(StandardCharsets.UTF_8)) {
            for (String id = lines.readLine(); id != null; id = lines.readLine()) {
                Hosted runner = runners.remove(id);
                if (runner != null) {
                    runner.end();
                }
            }
        } catch (IOException e) {
            // The process has ended.
        }
    }

    @Override
    public String name() {
        return "hosted";
    }

    @Override
    public ListenAt listenAt() {
        return ListenAt.loopback();
    }

    @Override
    public int bootParallelism() {
        return PARALLEL;
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) {
        Hosted runner = new Hosted(spec.runnerId());
        runners.put(spec.runnerId(), runner);
        order(String.join(
                "\t",
                spec.runnerId(),
                spec.environment().getOrDefault(RunnerSpec.PARENT_VARIABLE, ""),
                spec.environment().getOrDefault(RunnerSpec.TOKEN_VARIABLE, "")));
        return runner;
    }

    private void order(String line) {
        synchronized (orders) {
            try {
                orders.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                orders.flush();
            } catch (IOException e) {
                throw new IllegalStateException("the process of the runners is gone", e);
            }
        }
    }

    @Override
    public void close() {
        host.destroy();
        RawHost.Jvm.awaitEnd(host);
    }

    private final class Hosted implements RunnerHandle {

        private final String id;
        private final CompletableFuture<RunnerExit> exit = new CompletableFuture<>();

        Hosted(String id) {
            this.id = id;
        }

        @Override
        public String description() {
            return "threads of process " + host.pid();
        }

        @Override
        public CompletionStage<RunnerExit> exit() {
            return exit;
        }

        @Override
        public void kill() {
            if (host.isAlive()) {
                order(id);
            }
            end();
        }

        private void end() {
            exit.complete(
                    new RunnerExit(RunnerLostException.Reason.EXITED, "ended", OptionalInt.empty(), List.of(), false));
        }
    }
}
