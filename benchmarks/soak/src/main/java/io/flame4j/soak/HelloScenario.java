package io.flame4j.soak;

import io.flame4j.FlamePool;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * First words that somebody has changed, at the port of a parent whose runner is at work: each connection is closed, nobody
 * is let in, and the calls go on.
 */
final class HelloScenario {

    private static final int HELLOS = 20_000;
    private static final int STRANGERS = 4;
    private static final int PATIENCE_MILLIS = 20_000;

    private HelloScenario() {}

    static Scenario scenario() {
        return new Scenario("fuzz-hello", "mutated hello sent to a parent", null, HelloScenario::play);
    }

    /** Notes what a runner is told. */
    private record Overheard(Backend backend, CompletableFuture<BootTicket> ticket) implements Backend {

        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public ListenAt listenAt() {
            return backend.listenAt();
        }

        @Override
        public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
            ticket.complete(BootTicket.parse(
                    spec.environment().getOrDefault(RunnerSpec.PARENT_VARIABLE, ""),
                    spec.environment().getOrDefault(RunnerSpec.TOKEN_VARIABLE, "")));
            return backend.start(spec);
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    private static void play(Stage stage) throws Exception {
        int each = stage.times(HELLOS) / STRANGERS;
        CompletableFuture<BootTicket> overheard = new CompletableFuture<>();
        Backend processes = ProcessBackend.builder()
                .heap("64m")
                .transport(ProcessBackend.Transport.TCP)
                .build();
        FlamePool pool = stage.start(stage.pool(new Overheard(processes, overheard))
                .min(1)
                .max(1)
                .maxConcurrency(2)
                .heartbeat(Stage.UNHURRIED));
        long runner = stage.runner(pool);
        BootTicket ticket = overheard.join();
        // The log says each kind of refusal once, and now and then a sum.
        stage.mayBeLogged(200);
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> strangers = IntStream.range(0, STRANGERS)
                .mapToObj(i -> {
                    SplittableRandom random = stage.random().split();
                    return new Thread(() -> knock(ticket, random, each, wrong), "soak-stranger-" + i);
                })
                .toList();
        strangers.forEach(Thread::start);
        long calls = 0;
        while (strangers.stream().anyMatch(Thread::isAlive)) {
            stage.expect(stage.runner(pool) == runner, "a stranger has cost the pool its runner");
            calls++;
        }
        stage.expect(calls > 0, "no call was made meanwhile");
        stage.injected(each * STRANGERS);
        wrong.stream().distinct().limit(10).forEach(what -> stage.expect(false, what));
        // The last is counted after its connection is closed.
        Await.until("all to be refused: " + pool.stats().refused(), () -> refused(pool) >= each * STRANGERS);
        stage.expect(
                pool.stats().calls().boots() == 1,
                "there were " + pool.stats().calls().boots() + " boots");
        stage.expectServes(pool, 2);
    }

    private static long refused(FlamePool pool) {
        return pool.stats().refused().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static void knock(BootTicket ticket, SplittableRandom random, int times, Queue<String> wrong) {
        byte[] key = new byte[Protocol.SECRET_LENGTH];
        List<byte[]> good = List.of(
                bytes(new Hello.Control(ticket.runnerId(), ticket.token(), ticket.version(), ticket.javaVersion(), 0)),
                bytes(new Hello.Slot(ticket.runnerId(), 0, 1, key)));
        for (int i = 0; i < times; i++) {
            byte[] hello = mutated(good.get(random.nextInt(good.size())), random);
            String answer = say(ticket, hello);
            if (answer != null) {
                wrong.add(answer);
            }
        }
    }

    private static byte[] bytes(Hello hello) {
        ByteBuffer encoded = hello.encode();
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    /** As often as not only what comes after the eight bytes in front is changed, so that it is read. */
    private static byte[] mutated(byte[] good, SplittableRandom random) {
        byte[] bytes = good.clone();
        int from = random.nextBoolean() ? 0 : 8;
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = from + random.nextInt(Math.max(1, bytes.length - from));
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = -1;
                case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(6_000));
                default -> bytes = Arrays.copyOf(bytes, Math.max(from + 1, at));
            }
        }
        return bytes;
    }

    /** Says it and hears the end; returns what was wrong with that, or null. */
    private static @Nullable String say(BootTicket ticket, byte[] hello) {
        try (Socket socket = new Socket()) {
            socket.connect(ticket.address().toSocketAddress(), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(hello);
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            long heard = in.readAllBytes().length;
            return heard > Protocol.MAX_HELLO ? "a parent answered a stranger with " + heard + " bytes" : null;
        } catch (SocketTimeoutException e) {
            return "a parent left a stranger without an end: " + e.getMessage();
        } catch (IOException e) {
            // Reset, since not all was read: an end as well.
            return null;
        }
    }
}
