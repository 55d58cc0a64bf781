package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.FlameException;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.Tls;
import io.flame4j.internal.link.RunnerListenerTest.Noting;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.WireAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pools that listen at one place. */
@Timeout(120)
class RunnerPortTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_127L);

    /** Nothing here is to happen because of it. */
    private static final long LONG = Duration.ofMinutes(10).toNanos();

    /** Systems give ports from 32768 on, or from 49152, to connections and to those who ask for any. */
    private static final int BELOW_THE_SYSTEMS_OWN = 32_767;

    private final List<RunnerPort> opened = new ArrayList<>();
    private ListenAt.Tcp place;

    /** A port that is free, and that the system gives to nobody who asks for any free one. */
    @BeforeEach
    void findPlace() throws IOException {
        for (int i = 0; i < 100; i++) {
            int port = BELOW_THE_SYSTEMS_OWN - new Random().nextInt(10_000);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress("127.0.0.1", port));
                place = new ListenAt.Tcp("127.0.0.1", port, "127.0.0.1");
                return;
            } catch (BindException e) {
                // Taken: another one then.
                continue;
            }
        }
        throw new AssertionError("no port is free");
    }

    @AfterEach
    void closeAll() throws InterruptedException {
        for (RunnerPort port : opened) {
            port.close();
            port.join(10_000);
        }
        awaitNoThread();
    }

    /** Whoever joins is told by the thread, which may need a moment more to end. */
    private void awaitNoThread() {
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> threads(place.port()) == 0);
    }

    private RunnerPort open(ListenAt at, String pool, long heartbeatNanos) {
        RunnerPort port = RunnerPort.open(at, pool, heartbeatNanos, System::nanoTime);
        opened.add(port);
        return port;
    }

    /** A runner that is expected, and what it shows. */
    private static final class Expected {
        private final String id;
        private final byte[] token = Admission.newSecret();
        private final byte[] slotKey = Admission.newSecret();
        private final Noting endpoint = new Noting();

        private Expected(RunnerPort port, String id) {
            this.id = id;
            port.expect(id, token, slotKey, endpoint, false);
        }

        SocketChannel dial(RunnerPort port) throws IOException {
            SocketChannel channel = port.address().connect();
            channel.write(RunnerListenerTest.control(id, token));
            return channel;
        }

        SocketChannel connect(RunnerPort port) throws IOException {
            SocketChannel channel = dial(port);
            endpoint.await("control");
            return channel;
        }
    }

    private static long threads(int port) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().equals("flame4j-listener-" + port))
                .count();
    }

    private static int portOf(RunnerPort port) {
        return ((WireAddress.Tcp) port.address()).port();
    }

    private static void assertClosed(SocketChannel channel) throws IOException {
        assertThat(RunnerListenerTest.farewell(channel)).isNotNull();
    }

    @Test
    void pools_with_equal_places_share_port_and_thread() throws IOException {
        RunnerPort a = open(place, "a", LONG);
        RunnerPort b = open(new ListenAt.Tcp("127.0.0.1", place.port(), "127.0.0.1"), "b", LONG);
        assertThat(b.address()).isEqualTo(a.address());
        assertThat(threads(place.port())).isEqualTo(1);
        RunnerPort any = open(ListenAt.loopback(), "c", LONG);
        RunnerPort same = open(ListenAt.loopback(), "d", LONG);
        assertThat(same.address())
                .as("any free one, and the same")
                .isEqualTo(any.address())
                .isNotEqualTo(a.address());
        try (SocketChannel ofA = new Expected(a, "a-1").connect(b);
                SocketChannel ofB = new Expected(b, "b-1").connect(a)) {
            assertThat(ofA.isOpen()).isTrue();
            assertThat(ofB.isOpen()).isTrue();
        }
    }

    @Test
    void places_that_differ_are_not_shared() {
        RunnerPort a = open(ListenAt.loopback(), "a", LONG);
        RunnerPort b = open(new ListenAt.Tcp("127.0.0.1", 0, "localhost"), "b", LONG);
        RunnerPort c = open(ListenAt.loopback(Tls.ephemeral()), "c", LONG);
        assertThat(List.of(portOf(a), portOf(b), portOf(c))).doesNotHaveDuplicates();
        RunnerPort d = open(ListenAt.unixSocket(), "d", LONG);
        RunnerPort e = open(ListenAt.unixSocket(), "e", LONG);
        assertThat(d.address()).isNotEqualTo(e.address());
        open(place, "f", LONG);
        assertThatThrownBy(() -> open(new ListenAt.Tcp("127.0.0.1", place.port(), "localhost"), "g", LONG))
                .isInstanceOf(FlameException.class)
                .hasMessageContaining("that the port is free");
    }

    @Test
    void each_pool_has_its_own_heartbeat() throws Exception {
        RunnerPort slow = open(place, "slow", LONG);
        RunnerPort fast = open(place, "fast", TimeUnit.SECONDS.toNanos(1));
        Expected patient = new Expected(slow, "slow-1");
        Expected lively = new Expected(fast, "fast-1");
        SocketChannel ofSlow = patient.connect(slow);
        SocketChannel ofFast = lively.connect(fast);
        ByteBuffer beats = ByteBuffer.allocate(15);
        while (beats.hasRemaining()) {
            assertThat(ofFast.read(beats)).as("three heartbeats").isPositive();
            // It is lost once it says nothing, and that is to come after the three, however late the first.
            ofFast.write(new ControlFrame.RunnerHeartbeat().encode());
        }
        lively.endpoint.await("closed: nothing was heard of it for");
        assertThat(patient.endpoint.told).containsExactly("control");
        ofSlow.configureBlocking(false);
        assertThat(ofSlow.read(ByteBuffer.allocate(100)))
                .as("no heartbeat for the slow one but the first")
                .isLessThanOrEqualTo(5);
        // The one that is left sets the pace again.
        fast.close();
        fast.join(10_000);
        new Expected(slow, "slow-2").connect(slow).close();
        ofSlow.close();
        ofFast.close();
    }

    @Test
    void what_one_pool_closes_is_its_own() throws Exception {
        RunnerPort a = open(place, "a", LONG);
        RunnerPort b = open(place, "b", LONG);
        Expected ofA = new Expected(a, "a-1");
        Expected late = new Expected(a, "a-2");
        Expected ofB = new Expected(b, "b-1");
        SocketChannel controlOfA = ofA.connect(a);
        SocketChannel controlOfB = ofB.connect(b);
        a.close();
        a.join(10_000);
        assertClosed(controlOfA);
        assertThat(ofA.endpoint.told).as("it closed it itself").containsExactly("control");
        assertThat(RunnerListenerTest.farewell(late.dial(a))).contains("wrong runner id");
        Expected afterwards = new Expected(a, "a-3");
        assertThat(RunnerListenerTest.farewell(afterwards.dial(a)))
                .as("who is expected by a pool that is closed")
                .contains("wrong runner id");
        assertThat(afterwards.endpoint.told).isEmpty();
        assertThat(threads(place.port())).isEqualTo(1);
        controlOfB.write(new io.flame4j.internal.wire.ControlFrame.RunnerHeartbeat().encode());
        ofB.endpoint.await("frame");
        new Expected(b, "b-2").connect(b).close();
        controlOfB.close();
        a.close();
        b.close();
        b.join(10_000);
        awaitNoThread();
    }

    @Test
    void ids_of_runners_are_kept_apart() throws Exception {
        RunnerPort a = open(place, "a", LONG);
        RunnerPort b = open(place, "b", LONG);
        Expected first = new Expected(a, "x-1");
        assertThatThrownBy(() -> new Expected(b, "x-1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("x-1 is expected by another pool");
        b.forget("x-1");
        first.connect(a).close();
        // A pool with the name of one that is closed begins with the same ids.
        a.close();
        RunnerPort again = open(place, "a", LONG);
        Expected second = new Expected(again, "x-1");
        a.forget("x-1");
        a.close();
        second.connect(again).close();
    }

    @Test
    void a_pool_whose_code_fails_harms_no_other() throws Exception {
        RunnerPort a = open(place, "a", LONG);
        RunnerPort b = open(place, "b", LONG);
        byte[] token = Admission.newSecret();
        a.expect(
                "a-1",
                token,
                token,
                new RunnerEndpoint() {
                    @Override
                    public void onControl(ControlChannel control, io.flame4j.internal.wire.Hello.Control hello) {
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void onSlot(
                            io.flame4j.internal.wire.Hello.Slot hello, java.nio.channels.ByteChannel channel) {
                        throw new StackOverflowError("on purpose");
                    }

                    @Override
                    public void onFrame(io.flame4j.internal.wire.ControlFrame frame) {}

                    @Override
                    public void onControlClosed(String why, boolean silent) {
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void onMisplaced(String message) {}

                    @Override
                    public void onRefused(String message) {}
                },
                false);
        SocketChannel control = a.address().connect();
        control.write(RunnerListenerTest.control("a-1", token));
        assertClosed(control);
        SocketChannel slot = a.address().connect();
        slot.write(RunnerListenerTest.slot("a-1", 0, token));
        assertClosed(slot);
        new Expected(b, "b-1").connect(b).close();
    }

    @Test
    void a_place_can_be_taken_again_at_once() throws Exception {
        for (int i = 0; i < 100; i++) {
            RunnerPort port = RunnerPort.open(place, "p", LONG, System::nanoTime);
            try (SocketChannel ofP = new Expected(port, "p-1").connect(port)) {
                assertThat(ofP.isOpen()).isTrue();
            } finally {
                port.close();
            }
        }
        open(place, "last", LONG);
    }

    @Test
    void pools_come_and_go_from_many_threads() throws Exception {
        AtomicInteger names = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Random random = new Random(SEED + t);
                runs.add(threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        String id = "p-" + names.incrementAndGet();
                        RunnerPort port = RunnerPort.open(place, id, LONG, System::nanoTime);
                        SocketChannel control = new Expected(port, id).connect(port);
                        if (random.nextBoolean()) {
                            control.close();
                        }
                        port.close();
                        port.join(random.nextBoolean() ? 10_000 : 0);
                        control.close();
                    }
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get(100, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        awaitNoThread();
    }
}
