package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.backend.ListenAt;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.Versions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer at the port can and cannot do, before and after it has proved itself. */
@Timeout(120)
class RunnerListenerTest {

    private static final long SEED = Long.getLong("flame4j.seed", System.nanoTime());

    /** Long, so that nothing that must happen sooner can wait for it. */
    private static final Duration HEARTBEAT = Duration.ofMinutes(10);

    /** Notes what it is told. */
    private static final class Noting implements RunnerEndpoint {
        private final List<String> told = new CopyOnWriteArrayList<>();
        private final List<SocketChannel> slots = new CopyOnWriteArrayList<>();

        @Override
        public void onControl(ControlChannel control, Hello.Control hello) {
            told.add("control");
        }

        @Override
        public void onSlot(Hello.Slot hello, SocketChannel channel) {
            slots.add(channel);
            told.add("slot");
        }

        @Override
        public void onFrame(ControlFrame frame) {
            told.add("frame");
        }

        @Override
        public void onControlClosed(String why, boolean silent) {
            told.add("closed: " + why);
        }

        @Override
        public void onRefused(String message) {
            told.add("refused: " + message);
        }

        void await(String what) {
            Awaitility.await(what)
                    .atMost(20, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> told.stream().anyMatch(each -> each.startsWith(what)));
        }
    }

    private final byte[] token = Admission.newSecret();
    private final byte[] slotKey = Admission.newSecret();
    private final Noting endpoint = new Noting();
    private RunnerListener listener;

    @BeforeEach
    void listen() {
        listener =
                RunnerListener.start(ListenAt.loopback(), "listener-under-test", HEARTBEAT.toNanos(), System::nanoTime);
        listener.admission().expect("r-1", token, slotKey, endpoint);
    }

    @AfterEach
    void close() throws Exception {
        listener.close();
        listener.join(10_000);
        for (SocketChannel slot : endpoint.slots) {
            slot.close();
        }
    }

    private static ByteBuffer control(String runner, byte[] token) {
        return new Hello.Control(
                        runner, token, Versions.FLAME4J, Runtime.version().feature(), 1)
                .encode();
    }

    private static ByteBuffer slot(String runner, int slotId, byte[] key) {
        return new Hello.Slot(runner, slotId, 0, key).encode();
    }

    private SocketChannel dial(ByteBuffer first) throws IOException {
        SocketChannel channel = listener.address().connect();
        while (first.hasRemaining()) {
            channel.write(first);
        }
        return channel;
    }

    /** Reads until the listener closes; what it said before. */
    private static String farewell(SocketChannel channel) {
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

    private void assertLetsTheRunnerIn() throws IOException {
        try (SocketChannel control = dial(control("r-1", token))) {
            endpoint.await("control");
            assertThat(control.isOpen()).isTrue();
        }
    }

    @Test
    void silenceIsBoundedWhateverTheHeartbeat() throws Exception {
        long began = System.nanoTime();
        SocketChannel mute = dial(ByteBuffer.allocate(0));
        SocketChannel half = dial(ByteBuffer.wrap("FLAM".getBytes(StandardCharsets.US_ASCII)));
        assertThat(farewell(mute)).isEmpty();
        assertThat(farewell(half)).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Protocol.HELLO_TIMEOUT, Protocol.HELLO_TIMEOUT.plusSeconds(3));
        assertLetsTheRunnerIn();
    }
}
