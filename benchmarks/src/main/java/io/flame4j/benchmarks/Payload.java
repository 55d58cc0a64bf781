package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Contender.Echo;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** How fast an array goes to a runner and back, captured by a lambda that returns it. Bytes of both ways count. */
final class Payload implements Bench.Measure {

    private static final int MOST_ECHOES = 2_000;
    private static final int WARM_UPS = 5;

    @Override
    public String name() {
        return "payload";
    }

    @Override
    public void run(Bench bench) throws Exception {
        List<Integer> sizes = bench.effort().payloads();
        try (Sessions sessions = Sessions.start(bench, name(), 1);
                Spinners spinners = Spinners.start()) {
            bench.progress(() -> "payload: " + spinners.count() + " spinners keep the CPUs awake");
            Map<String, Echo> echoes = sessions.take(Contender.Session::echo);
            for (int size : sizes) {
                bench.progress(() -> "payload: " + metric(size));
                byte[] array = new byte[size];
                new SplittableRandom(size).nextBytes(array);
                measure(bench, sessions, echoes, array);
            }
        }
        for (int size : sizes) {
            bench.figures().limit(name(), metric(size), "raw-tcp");
            bench.figures().compare(name(), metric(size), "flame-unix", "raw-unix");
            bench.figures().compare(name(), metric(size), "flame-tls", "raw-tls");
        }
    }

    private void measure(Bench bench, Sessions sessions, Map<String, Echo> echoes, byte[] array) throws Exception {
        int size = array.length;
        int count = Math.max(2, Math.min(MOST_ECHOES, bench.effort().payloadBytes() / size));
        // As many as a method needs to be compiled, or a few when they are large.
        sessions.each(echoes, (contender, echo) -> run(echo, array, Math.max(WARM_UPS, count)));
        Settled.await(bench, name());
        for (int round = 0; round < bench.effort().rounds(); round++) {
            sessions.each(echoes, (contender, echo) -> {
                double seconds = run(echo, array, count);
                bench.figures().add(name(), metric(size), contender, "MB/s", 2.0 * size * count / seconds / 1e6);
            });
        }
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

    static String metric(int size) {
        return size < 1 << 20 ? (size >> 10) + " KiB" : (size >> 20) + " MiB";
    }
}
