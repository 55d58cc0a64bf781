package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Peers at the parent's port that are no runners of it, or not any more. */
class StrangerTest extends PoolTestBase {

    /** Notes what runners are told, which is what an attacker would like to know. */
    private static final class TicketNote implements Backend {

        private final Backend backend;
        private final List<BootTicket> tickets = new CopyOnWriteArrayList<>();
        private volatile boolean playFirst;

        private TicketNote(Backend backend) {
            this.backend = backend;
        }

        @Override
        public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
            tickets.add(Tickets.of(spec));
            return playFirst && tickets.size() == 1 ? new PlayedRunner() : backend.start(spec);
        }

        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public ListenAt listenAt() {
            return backend.listenAt();
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    /** A runner that is no process; it is gone as soon as it is killed. */
    private static final class PlayedRunner implements RunnerHandle {

        private final CompletableFuture<RunnerExit> exit = new CompletableFuture<>();

        @Override
        public String description() {
            return "played by the test";
        }

        @Override
        public CompletionStage<RunnerExit> exit() {
            return exit;
        }

        @Override
        public void kill() {
            exit.complete(new RunnerExit(
                    RunnerLostException.Reason.EXITED, "was killed", OptionalInt.empty(), List.of(), false));
        }
    }

    private final TicketNote note = new TicketNote(backend().create());

    Backends backend() {
        return Backends.PROCESS_TCP;
    }

    /** Of what a runner says first. */
    byte[] beginning() {
        return "FLAM".getBytes(StandardCharsets.US_ASCII);
    }

    /** As a runner with this ticket would. */
    ByteChannel connect(BootTicket ticket) throws IOException {
        return ticket.address().connect();
    }

    private BootTicket startPool() {
        FlamePool started = start(backend().pool().backend(note).min(1).max(2).maxConcurrency(2));
        assertThat(started.call(() -> "up")).isEqualTo("up");
        return note.tickets.get(0);
    }

    private ByteChannel dial(BootTicket ticket, ByteBuffer first) throws IOException {
        ByteChannel channel = connect(ticket);
        channel.write(first);
        return channel;
    }

    /** Reads until the parent closes; what it said before. */
    private static String farewell(ByteChannel channel) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        try (channel) {
            while (channel.read(bytes.clear()) >= 0) {
                said.write(bytes.array(), 0, bytes.position());
            }
        } catch (IOException e) {
            // Closed with bytes of ours unread.
            return said.toString(StandardCharsets.UTF_8);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private static ByteBuffer control(BootTicket ticket, byte[] token) {
        return new Hello.Control(
                        ticket.runnerId(),
                        token,
                        ticket.version(),
                        ticket.javaVersion(),
                        ProcessHandle.current().pid())
                .encode();
    }

    private static byte[] secret() {
        byte[] secret = new byte[Protocol.SECRET_LENGTH];
        ThreadLocalRandom.current().nextBytes(secret);
        return secret;
    }

    @Test
    void strangersAreRefusedAndCallsGoOn() throws Exception {
        BootTicket ticket = startPool();
        long pid = pool.call(Jobs::pid);
        CompletableFuture<Long> held = hold("held");
        Jobs.awaitRun(directory, "held");
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            assertThat(farewell(dial(
                            ticket, ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))))
                    .isEmpty();
            assertThat(farewell(dial(ticket, ByteBuffer.wrap(new byte[12_000]))))
                    .isEmpty();
            assertThat(farewell(dial(ticket, control(ticket, secret())))).contains("token");
            assertThat(farewell(dial(ticket, control(ticket, ticket.token()))))
                    .as("a token that was used")
                    .contains("token");
            assertThat(farewell(dial(ticket, new Hello.Slot(ticket.runnerId(), 0, 1_000_000, secret()).encode())))
                    .isEmpty();
            ByteBuffer newer = control(ticket, secret());
            newer.put(4, (byte) 9);
            assertThat(farewell(dial(ticket, newer))).contains("version");
            ByteBuffer oversized = control(ticket, secret());
            oversized.putShort(6, (short) -1);
            assertThat(farewell(dial(ticket, oversized))).contains("malformed");
            connect(ticket).close();
        } finally {
            System.setErr(stderr);
        }
        String told = log.toString(StandardCharsets.UTF_8);
        assertThat(told.lines()
                        .filter(line -> line.contains("Refused a connection from /127.0.0.1"))
                        .map(line -> line.substring(line.lastIndexOf('('))))
                .as("of many refusals in a row, the first of each kind is told: %s", told)
                .doesNotHaveDuplicates()
                .contains("(USED_TOKEN)", "(WRONG_TOKEN)");
        assertThat(pool.<Long, RuntimeException>call(Jobs::pid)).isEqualTo(pid);
        Jobs.go(directory, "held");
        assertThat(valueOf(held)).isEqualTo(pid);
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
        assertThat(watch.losses).isEmpty();
    }

    @Test
    void peersThatSayNothingAreClosedAndDoNotKeepRunnersOut() throws Exception {
        BootTicket ticket = startPool();
        List<SocketChannel> silent = new ArrayList<>();
        try {
            // More than may be strangers at a time: the rest waits in the backlog.
            for (int i = 0; i < 100; i++) {
                SocketChannel channel = ticket.address().connect();
                silent.add(channel);
                if (i % 2 == 0) {
                    channel.write(ByteBuffer.wrap(beginning()));
                }
            }
            assertThat(pool.call(() -> "served")).isEqualTo("served");
            List<CompletableFuture<Long>> calls = holdAll("held", 4);
            System.out.println("a second runner connected behind 100 silent peers");
            Jobs.go(directory, "held");
            calls.forEach(PoolTestBase::valueOf);
            long began = System.nanoTime();
            for (SocketChannel channel : silent) {
                assertThat(farewell(channel)).isEmpty();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Protocol.HELLO_TIMEOUT.plusSeconds(40));
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
        assertThat(watch.losses).isEmpty();
    }

    @Test
    void aHelloMayComeByteByByte() throws Exception {
        BootTicket ticket = startPool();
        ByteBuffer hello = control(ticket, secret());
        ByteChannel channel = connect(ticket);
        while (hello.hasRemaining()) {
            channel.write(hello.slice(hello.position(), 1));
            hello.position(hello.position() + 1);
        }
        assertThat(farewell(channel)).contains("token");
        assertThat(pool.call(() -> "served")).isEqualTo("served");
    }

    @Test
    void aScanOfThePortDisturbsNobody() throws Exception {
        BootTicket ticket = startPool();
        long pid = pool.call(Jobs::pid);
        for (int i = 0; i < 500; i++) {
            SocketChannel channel = ticket.address().connect();
            if (i % 3 == 0) {
                channel.write(ByteBuffer.wrap(secret()));
            }
            channel.close();
            if (i % 50 == 0) {
                assertThat(pool.<Long, RuntimeException>call(Jobs::pid)).isEqualTo(pid);
            }
        }
        assertThat(pool.<Long, RuntimeException>call(Jobs::pid)).isEqualTo(pid);
        assertThat(watch.losses).isEmpty();
    }

    /** The first runner is played by the test, the others are real. */
    @Test
    void aRunnerThatTalksGarbageIsReplaced() throws Exception {
        note.playFirst = true;
        start(backend().pool().backend(note).max(1).maxConcurrency(2));
        CompletableFuture<Long> call = pool.callAsync(Jobs::pid);
        BootTicket ticket = Awaitility.await("a ticket")
                .atMost(Jobs.LONG)
                .until(() -> note.tickets, tickets -> !tickets.isEmpty())
                .get(0);
        try (ByteChannel channel = dial(ticket, control(ticket, ticket.token()))) {
            ByteBuffer header = ByteBuffer.allocate(4);
            while (header.hasRemaining()) {
                assertThat(channel.read(header)).as("WELCOME").isPositive();
            }
            channel.write(ByteBuffer.wrap(new byte[] {0x7F, 0x7F, 0x7F, 0x7F, 1, 2, 3}));
            assertThat(valueOf(call)).isPositive();
        }
        assertThat(note.tickets).hasSize(2);
        assertThat(pool.stats().calls().failedBoots()).isEqualTo(1);
    }
}
