package io.flame4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.testkit.LinkFault.Direction;
import io.flame4j.testkit.LinkProxy.Link;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault, seen from the two ends of a connection: sockets of the test, which need not be flame4j's. */
@Timeout(60)
class LinkProxyTest {

    /** Version 1, a slot, and nothing else. */
    private static final byte[] HELLO = {'F', 'L', 'A', 'M', 1, 2, 0, 0};

    private static final byte[] TLS_RECORD = {22, 3, 3, 0, 4, 9, 9, 9, 9};

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** Starts nothing, and notes where the runner was to dial. */
    private static final class NoRunners implements Backend {
        private RunnerSpec spec;

        @Override
        public String name() {
            return "none";
        }

        @Override
        public ListenAt listenAt() {
            return ListenAt.loopback();
        }

        @Override
        public RunnerHandle start(RunnerSpec started) {
            spec = started;
            return FaultyBackend.silent(started);
        }

        @Override
        public void close() {}
    }

    private final NoRunners backend = new NoRunners();
    private final LinkProxy network = new LinkProxy(backend);
    private ServerSocket server;
    private Socket runner;
    private Socket parent;

    @BeforeEach
    void listen() throws Exception {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        String ticket = "pool=p;address=tcp%3A127.0.0.1%3A" + server.getLocalPort() + ";token=t";
        network.start(new RunnerSpec(
                "p", "r", Map.of(RunnerSpec.PARENT_VARIABLE, ticket), Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }

    @AfterEach
    void close() throws IOException {
        network.close();
        server.close();
        runner.close();
        parent.close();
    }

    private Link connect(byte[] hello) throws IOException {
        String ticket = backend.spec.environment().get(RunnerSpec.PARENT_VARIABLE);
        Matcher port = Pattern.compile("address=tcp%3A127\\.0\\.0\\.1%3A(\\d+);token=t$")
                .matcher(ticket);
        assertThat(port.find()).as(ticket).isTrue();
        runner = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1)));
        runner.setTcpNoDelay(true);
        parent = server.accept();
        parent.setTcpNoDelay(true);
        send(runner, hello);
        assertThat(receive(parent, hello.length)).isEqualTo(hello);
        List<Link> links = new ArrayList<>(network.slots());
        links.addAll(network.controls());
        assertThat(links).hasSize(1);
        return links.get(0);
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** Sends what nothing between the ends may hold, or what is not taken to its end, since the connection breaks. */
    private static void sendAside(Socket socket, byte[] bytes) {
        Thread sender = new Thread(() -> {
            try {
                send(socket, bytes);
            } catch (IOException e) {
                // Whether the sender is told depends on how much the sockets had taken by then.
            }
        });
        sender.setDaemon(true);
        sender.start();
    }

    private static byte[] receive(Socket socket, int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    private static byte[] numbered(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private static byte[] frame(int length) {
        return ByteBuffer.allocate(16 + length)
                .put(0, (byte) 2)
                .putLong(8, length)
                .array();
    }

    private static List<Integer> differences(byte[] one, byte[] other) {
        List<Integer> found = new ArrayList<>();
        assertThat(one).hasSameSizeAs(other);
        for (int i = 0; i < one.length; i++) {
            if (one[i] != other[i]) {
                found.add(i);
            }
        }
        return found;
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(150);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(0);
    }

    @Test
    void knowsWhatAConnectionIsFor() throws IOException {
        Link link = connect(HELLO);
        assertThat(link.isControl()).isFalse();
        assertThat(link.number()).isEqualTo(1);
        assertThat(network.slots()).containsExactly(link);
        link.cut();
        assertThat(network.slots()).isEmpty();
    }

    @Test
    void aDelayIsForEveryByteAndDoesNotMakeTheWayNarrow() throws IOException {
        Link link = connect(HELLO);
        link.inject(LinkFault.delay(Duration.ofMillis(300)).towards(Direction.TO_PARENT));
        long began = System.nanoTime();
        byte[] sent = numbered(2 << 20);
        sendAside(runner, sent);
        assertThat(receive(parent, sent.length)).isEqualTo(sent);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("32 times the delay is 9.6 s")
                .isBetween(Duration.ofMillis(300), Duration.ofSeconds(9));
        send(parent, new byte[1]);
        assertThat(receive(runner, 1)).hasSize(1);
    }

    @Test
    void aThrottledConnectionIsAsSlowAsItWasTold() throws IOException {
        Link link = connect(HELLO);
        link.inject(LinkFault.throttle(20_000).towards(Direction.TO_RUNNER));
        long began = System.nanoTime();
        send(parent, numbered(10_000));
        assertThat(receive(runner, 10_000)).isEqualTo(numbered(10_000));
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(450), Duration.ofSeconds(20));
    }

    @Test
    void aCutIsAnOrderlyEndAfterSoManyBytes() throws IOException {
        Link link = connect(HELLO);
        link.inject(LinkFault.cut().towards(Direction.TO_PARENT).afterBytes(100_000));
        sendAside(runner, numbered(200_000));
        assertThat(parent.getInputStream().readAllBytes()).isEqualTo(numbered(100_000));
    }

    @Test
    void aResetIsSeenAsOneByBothEnds() throws IOException {
        Link link = connect(HELLO);
        link.reset();
        assertThatThrownBy(() -> receive(runner, 1))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        assertThatThrownBy(() -> receive(parent, 1))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void aResetComesInTheMiddleOfAPayload() throws IOException {
        Link link = connect(HELLO);
        link.inject(LinkFault.reset().towards(Direction.TO_PARENT).atFrame(2).afterBytes(1 << 20));
        send(runner, frame(10));
        assertThat(receive(parent, 26)).isEqualTo(frame(10));
        sendAside(runner, frame(8 << 20));
        int[] received = new int[1];
        assertThatThrownBy(() -> {
                    while (parent.getInputStream().read() >= 0) {
                        received[0]++;
                    }
                })
                .isInstanceOf(SocketException.class);
        // What was received and not yet read is lost with a reset.
        assertThat(received[0]).isLessThanOrEqualTo(1 << 20);
    }

    @ParameterizedTest
    @EnumSource
    void aHalfOpenConnectionPassesNothingInOneDirectionNotEvenItsEnd(Direction direction) throws IOException {
        Link link = connect(HELLO);
        Socket from = direction == Direction.TO_PARENT ? runner : parent;
        Socket to = direction == Direction.TO_PARENT ? parent : runner;
        link.silence(direction);
        send(from, new byte[] {1});
        send(to, new byte[] {2});
        assertThat(receive(from, 1)).containsExactly(2);
        from.close();
        assertSilent(to);
        Awaitility.await().until(link::isHolding);
        link.heal();
        assertThat(to.getInputStream().readAllBytes()).containsExactly(1);
    }

    @Test
    void aBlackHoleBeginsWhereItWasTold() throws IOException {
        Link link = connect(HELLO);
        link.inject(LinkFault.silence().afterBytes(3));
        send(runner, numbered(10));
        send(parent, numbered(10));
        assertThat(receive(parent, 3)).isEqualTo(numbered(3));
        assertThat(receive(runner, 3)).isEqualTo(numbered(3));
        assertSilent(parent);
        assertSilent(runner);
        link.unsilence();
        assertThat(receive(parent, 7)).endsWith(9);
        assertThat(receive(runner, 7)).endsWith(9);
    }

    @Test
    void oneByteIsCorrupted() throws IOException {
        Link link = connect(HELLO);
        link.inject(LinkFault.corrupt().towards(Direction.TO_PARENT).afterBytes(70_000));
        byte[] sent = numbered(200_000);
        send(runner, sent);
        byte[] received = receive(parent, sent.length);
        assertThat(differences(sent, received)).containsExactly(70_000);
        assertThat(received[70_000]).isEqualTo((byte) ~sent[70_000]);
    }

    @Test
    void oneBitOfAFrameIsCorrupted() throws IOException {
        Link link = connect(HELLO);
        link.inject(LinkFault.corrupt(1).towards(Direction.TO_RUNNER).atFrame(3).afterBytes(2));
        byte[] frames = ByteBuffer.allocate(16 * 4 + 310)
                .put(frame(300))
                .put(frame(0))
                .put(frame(10))
                .put(frame(0))
                .array();
        send(parent, frames);
        byte[] received = receive(runner, frames.length);
        assertThat(differences(frames, received)).containsExactly(316 + 16 + 2);
        assertThat(received[316 + 16 + 2]).isEqualTo((byte) 1);
    }

    @Test
    void theFirstMessageOfARunnerIsAFrame() throws IOException {
        network.onOpen(link ->
                link.inject(LinkFault.corrupt().towards(Direction.TO_PARENT).atFrame(2)));
        connect(HELLO);
        send(runner, frame(1));
        assertThat(differences(frame(1), receive(parent, 17))).containsExactly(0);
    }

    @Test
    void underTlsRecordsAreTheFrames() throws IOException {
        Link link = connect(TLS_RECORD);
        assertThat(link.isControl()).as("the first after a start").isTrue();
        link.inject(LinkFault.corrupt().towards(Direction.TO_PARENT).atFrame(2).afterBytes(5));
        byte[] records = ByteBuffer.allocate(27)
                .put(TLS_RECORD)
                .put(TLS_RECORD)
                .put(TLS_RECORD)
                .array();
        send(runner, records);
        assertThat(differences(records, receive(parent, 27))).containsExactly(9 + 5);
    }

    @Test
    void faultsAddUpUntilTheyAreHealed() throws IOException {
        Link link = connect(HELLO);
        link.inject(LinkFault.split(1));
        link.inject(LinkFault.throttle(100));
        link.inject(LinkFault.cut().afterBytes(5));
        link.heal();
        byte[] sent = numbered(100_000);
        send(runner, sent);
        assertThat(receive(parent, sent.length)).isEqualTo(sent);
    }

    @Test
    void theSameSeedGivesTheSameFaults() throws IOException {
        connect(HELLO);
        List<String> once = new ArrayList<>();
        List<String> again = new ArrayList<>();
        SplittableRandom first = new SplittableRandom(7);
        SplittableRandom second = new SplittableRandom(7);
        for (int i = 0; i < 500; i++) {
            once.add(LinkFault.random(first, 1_000).toString());
            again.add(LinkFault.random(second, 1_000).toString());
        }
        assertThat(once).isEqualTo(again);
        for (LinkFault.Kind kind : LinkFault.Kind.values()) {
            assertThat(once).anyMatch(fault -> fault.startsWith(kind.name().toLowerCase(java.util.Locale.ROOT)));
        }
    }

    @Test
    void anyFaultAtRandomLeavesTheProxyUsable() throws Exception {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 60; i++) {
            Link link = connect(HELLO);
            link.inject(LinkFault.random(random, 2_000));
            link.inject(LinkFault.random(random, 2_000));
            Socket sender = runner;
            Thread writing = new Thread(() -> {
                try {
                    send(sender, numbered(4_000));
                } catch (IOException e) {
                    // Cut or reset.
                }
            });
            writing.start();
            writing.join();
            link.cut();
            runner.close();
            parent.close();
        }
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().matches("link-proxy-(up|down).*")));
        connect(HELLO);
    }

    @Test
    void whatCannotBeIsRefused() throws IOException {
        connect(HELLO);
        assertThatThrownBy(() -> LinkFault.delay(Duration.ZERO)).hasMessageContaining("time must be positive");
        assertThatThrownBy(() -> LinkFault.throttle(0)).hasMessageContaining("bytesPerSecond");
        assertThatThrownBy(() -> LinkFault.split(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> LinkFault.corrupt(256)).hasMessageContaining("256");
        assertThatThrownBy(() -> LinkFault.cut().afterBytes(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> LinkFault.cut().atFrame(0)).hasMessageContaining("number");
    }
}
