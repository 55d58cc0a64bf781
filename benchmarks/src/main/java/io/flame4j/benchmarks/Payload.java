package io.flame4j.benchmarks;

import io.flame4j.FlamePool;
import io.flame4j.benchmarks.Figures.Goal;
import io.flame4j.benchmarks.limit.RawHost.Echo;
import io.flame4j.benchmarks.limit.Transport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** How fast an array goes to a runner and back, captured by a lambda that returns it. Bytes of both ways count. */
final class Payload implements Bench.Measure {

    private static final int MOST_ECHOES = 2_000;
    private static final int WARM_UPS = 5;
    private static final int GOAL_SIZE = 64 << 20;

    @Override
    public String name() {
        return "payload";
    }

    @Override
    public void run(Bench bench) throws Exception {
        List<Integer> sizes = bench.effort().payloads();
        try (Contenders contenders = new Contenders(1);
                Spinners spinners = Spinners.start()) {
            bench.progress(() -> "payload: " + spinners.count() + " spinners keep the CPUs awake");
            Map<String, Echo> echoes = echoes(contenders);
            for (int size : sizes) {
                byte[] array = new byte[size];
                new SplittableRandom(size).nextBytes(array);
                int count = Math.max(2, Math.min(MOST_ECHOES, bench.effort().payloadBytes() / size));
                bench.progress(() -> "payload: " + metric(size));
                for (Echo echo : echoes.values()) {
                    // As many as a method needs to be compiled, or a few when they are large.
                    run(echo, array, Math.max(WARM_UPS, count));
                }
                for (int round = 0; round < bench.effort().rounds(); round++) {
                    for (Map.Entry<String, Echo> each : echoes.entrySet()) {
                        double seconds = run(each.getValue(), array, count);
                        bench.figures()
                                .add(
                                        "payload",
                                        metric(size),
                                        each.getKey(),
                                        "MB/s",
                                        2.0 * size * count / seconds / 1e6);
                    }
                }
            }
        }
        for (int size : sizes) {
            Goal goal = size == GOAL_SIZE ? Goal.atLeast(0.6) : null;
            compare(bench.figures(), metric(size), goal);
        }
    }

    private static Map<String, Echo> echoes(Contenders contenders) throws Exception {
        Map<String, Echo> result = new LinkedHashMap<>();
        for (Transport transport : Transport.values()) {
            String label = Contenders.label(transport);
            FlamePool pool = contenders.pool(transport);
            result.put("raw-" + label, contenders.host(transport).echo());
            result.put("flame-" + label, array -> pool.call(() -> array));
        }
        return result;
    }

    private static double run(Echo echo, byte[] array, int count) throws Exception {
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            byte[] back = echo.run(array);
            if (back.length != array.length || back[back.length - 1] != array[array.length - 1]) {
                throw new IllegalStateException("another array came back");
            }
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private static void compare(Figures figures, String metric, @Nullable Goal goal) {
        figures.compare("payload", metric, "flame-tcp", "raw-tcp", goal);
        figures.compare("payload", metric, "flame-unix", "raw-unix", goal);
    }

    private static String metric(int size) {
        return size < 1 << 20 ? (size >> 10) + " KiB" : (size >> 20) + " MiB";
    }
}
