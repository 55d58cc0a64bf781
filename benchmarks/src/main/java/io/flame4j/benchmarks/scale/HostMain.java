package io.flame4j.benchmarks.scale;

import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.runner.LocalRunner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A process that is many runners: each line of its standard input starts or kills one, and each line of its standard output is the
 * name of one that has ended. It ends with its input.
 */
final class HostMain {

    private final Map<String, LocalRunner> runners = new HashMap<>();

    private HostMain() {}

    public static void main(String[] args) throws IOException {
        HostMain host = new HostMain();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                host.obey(line.split("\t", -1));
            }
        }
        System.exit(0);
    }

    private void obey(String[] order) {
        if (order.length == 3) {
            Map<String, String> environment =
                    Map.of(RunnerSpec.PARENT_VARIABLE, order[1], RunnerSpec.TOKEN_VARIABLE, order[2]);
            LocalRunner runner = LocalRunner.start(environment, HostMain.class.getClassLoader());
            runners.put(order[0], runner);
            runner.exit().thenAccept(code -> System.out.println(order[0]));
        } else {
            LocalRunner known = runners.remove(order[0]);
            if (known != null) {
                known.kill();
            }
        }
    }
}
