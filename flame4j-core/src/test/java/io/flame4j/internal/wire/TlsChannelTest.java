package io.flame4j.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.link.Certificates;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TLS over real sockets, with a tap in between that sees the records and can change them. */
@Timeout(120)
class TlsChannelTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_126L);
    private static final int MEBIBYTE = 1 << 20;

    /** Of a record. */
    private static final int HEADER = 5;

    /** What the peer of a tap sends, record by record or byte by byte, is under the control of a test. */
    private final List<SocketChannel> sockets = new ArrayList<>();

    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    }

    @AfterEach
    void closeAll() throws IOException {
        server.close();
        for (SocketChannel socket : sockets) {
            socket.close();
        }
    }

    /** Two sockets that are connected. */
    private SocketChannel[] sockets() throws IOException {
        SocketChannel near = SocketChannel.open(server.getLocalAddress());
        SocketChannel far = server.accept();
        WireAddress.tune(near);
        WireAddress.tune(far);
        sockets.add(near);
        sockets.add(far);
        return new SocketChannel[] {near, far};
    }

    private static TlsChannel client(SocketChannel socket) {
        return new TlsChannel(socket, new PinnedTls(Certificates.sha256()).engine(), Long.MAX_VALUE);
    }

    private static TlsChannel server(SocketChannel socket) {
        return new TlsChannel(socket, TlsEngines.server(Certificates.context(), List.of()), Long.MAX_VALUE);
    }

    /** A thread's work, whose failure is the test's. */
    private static <T> FutureTask<T> aside(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "aside");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static void shakeHands(TlsChannel channel) throws IOException {
        while (channel.handshake() != TlsChannel.Handshake.DONE) {
            channel.runTasks();
        }
        channel.flush();
    }

    /** A client and a server whose handshake is over. */
    private TlsChannel[] connected() throws Exception {
        SocketChannel[] pair = sockets();
        return connected(pair[0], pair[1]);
    }

    private static TlsChannel[] connected(SocketChannel near, SocketChannel far) throws Exception {
        TlsChannel client = client(near);
        TlsChannel server = server(far);
        FutureTask<Void> handshake = aside(() -> {
            shakeHands(server);
            return null;
        });
        shakeHands(client);
        handshake.get(30, TimeUnit.SECONDS);
        return new TlsChannel[] {client, server};
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(SEED + length).nextBytes(bytes);
        return bytes;
    }

    private static void write(ByteChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        assertThat(channel.write(buffer)).as("all in blocking mode").isEqualTo(bytes.length);
    }

    private static byte[] read(ByteChannel channel, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the end after " + buffer.position());
            }
        }
        return buffer.array();
    }
    /** What takes long in a fresh JVM is done before the parent begins to wait. */
    @Test
    void whoDialsHasItsFirstWordReadyWhenItIsConnected() throws Exception {
        TlsClient client = new PinnedTls(Certificates.sha256());
        AtomicReference<SSLEngine> used = new AtomicReference<>();
        TlsClient noting = () -> {
            used.set(client.engine());
            return used.get();
        };
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        try (TlsChannel dialled = noting.dial(new WireAddress.Tcp("127.0.0.1", port))) {
            assertThat(dialled.isReady()).isFalse();
            assertThat(used.get().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
            TlsChannel accepted = server(server.accept());
            FutureTask<?> other = aside(() -> {
                shakeHands(accepted);
                return null;
            });
            dialled.write(ByteBuffer.wrap(new byte[] {1}));
            other.get(20, TimeUnit.SECONDS);
            assertThat(accepted.read(ByteBuffer.allocate(8))).isEqualTo(1);
            accepted.close();
        }
    }

    @Test
    void what_is_written_is_read_whatever_its_length() throws Exception {
        TlsChannel[] ends = connected();
        for (int length : new int[] {1, 15, 4_096, 8_192, 16_384, 16_385, 300_000, 5 * MEBIBYTE}) {
            byte[] bytes = random(length);
            FutureTask<byte[]> there = aside(() -> read(ends[1], length));
            write(ends[0], bytes);
            assertThat(there.get()).isEqualTo(bytes);
            FutureTask<byte[]> back = aside(() -> read(ends[0], length));
            write(ends[1], bytes);
            assertThat(back.get()).isEqualTo(bytes);
        }
    }

    @Test
    void a_large_array_travels_in_a_frame() throws Exception {
        TlsChannel[] ends = connected();
        byte[] array = random(64 * MEBIBYTE);
        SlotConnection near = new SlotConnection(ends[0], Long.MAX_VALUE, false);
        SlotConnection far = new SlotConnection(ends[1], Long.MAX_VALUE, false);
        FutureTask<byte[]> there = aside(() -> {
            byte[] read = new byte[array.length];
            far.receive();
            far.body().readFully(read, 0, read.length);
            return read;
        });
        ByteWriter body = new ByteWriter();
        body.write(array, 0, array.length);
        near.send(Protocol.CALL, 0, 1, body);
        assertThat(Arrays.equals(there.get(), array)).isTrue();
    }

    /** The first message comes with the end of the handshake; a later one is one record, which is one write. */
    @Test
    void a_message_is_one_record() throws Exception {
        TlsChannel[] ends = connected();
        for (int length : new int[] {1, 300, 8_192}) {
            write(ends[0], random(length));
            ByteBuffer raw = ByteBuffer.allocate(20_000);
            while (raw.position() < HEADER || raw.position() < HEADER + raw.getShort(3)) {
                ends[1].socket().read(raw);
            }
            assertThat(raw.position()).isEqualTo(HEADER + raw.getShort(3)).isLessThan(length + 60);
        }
    }

    /** One byte at a time, in non-blocking mode, both the handshake and what follows. */
    @Test
    void records_may_come_byte_by_byte() throws Exception {
        SocketChannel[] near = sockets();
        SocketChannel[] far = sockets();
        FutureTask<Void> up = aside(() -> relay(near[1], far[0], 1));
        FutureTask<Void> down = aside(() -> relay(far[0], near[1], 1));
        far[1].configureBlocking(false);
        TlsChannel server = server(far[1]);
        FutureTask<byte[]> client = aside(() -> {
            TlsChannel channel = client(near[0]);
            write(channel, random(1_000));
            return read(channel, 1_000);
        });
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            TlsChannel.Handshake waitsFor = server.handshake();
            server.runTasks();
            return waitsFor == TlsChannel.Handshake.DONE;
        });
        ByteBuffer in = ByteBuffer.allocate(1_000);
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            server.read(in);
            return !in.hasRemaining();
        });
        assertThat(in.array()).isEqualTo(random(1_000));
        server.write(in.flip());
        assertThat(client.get(30, TimeUnit.SECONDS)).isEqualTo(random(1_000));
        closeAll();
        assertThat(up.get(30, TimeUnit.SECONDS)).isNull();
        assertThat(down.get(30, TimeUnit.SECONDS)).isNull();
    }

    private static Void relay(SocketChannel from, SocketChannel to, int atATime) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(atATime);
            while (from.read(bytes.clear()) >= 0) {
                to.write(bytes.flip());
            }
        } catch (IOException e) {
            // Closed by the test.
        }
        return null;
    }

    @Test
    void a_full_socket_does_not_block_the_non_blocking_and_nothing_is_lost() throws Exception {
        TlsChannel[] ends = connected();
        ends[1].socket().configureBlocking(false);
        ByteBuffer bytes = ByteBuffer.wrap(random(64 * MEBIBYTE));
        while (ends[1].write(bytes) > 0) {}
        int sent = bytes.position();
        assertThat(sent).isLessThan(bytes.capacity());
        FutureTask<byte[]> reader = aside(() -> read(ends[0], sent + 1));
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(ends[1]::flush);
        assertThat(ends[1].write(bytes.slice(sent, 1))).isEqualTo(1);
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(ends[1]::flush);
        assertThat(Arrays.equals(reader.get(), 0, sent + 1, bytes.array(), 0, sent + 1))
                .isTrue();
    }

    @Test
    void closing_wakes_a_reader_and_a_writer() throws Exception {
        TlsChannel[] ends = connected();
        FutureTask<byte[]> reader = aside(() -> read(ends[0], 1));
        FutureTask<Void> writer = aside(() -> {
            while (true) {
                write(ends[0], new byte[MEBIBYTE]);
            }
        });
        awaitThreads("aside", Thread.State.RUNNABLE);
        FutureTask<Void> closer = aside(() -> {
            ends[0].close();
            return null;
        });
        closer.get(10, TimeUnit.SECONDS);
        for (FutureTask<?> blocked : List.of(reader, writer)) {
            assertThatThrownBy(() -> blocked.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ClosedChannelException.class);
        }
    }

    /** The sockets' buffers are full when the writer has stopped taking time. */
    private static void awaitThreads(String name, Thread.State state) {
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().entrySet().stream()
                        .filter(each -> each.getKey().getName().equals(name))
                        .allMatch(each -> each.getKey().getState() == state
                                && Arrays.toString(each.getValue()).contains("SocketDispatcher")));
    }

    @Test
    void an_end_that_was_told_of_is_one_and_any_other_is_a_failure() throws Exception {
        TlsChannel[] told = connected();
        told[1].socket().configureBlocking(false);
        told[1].close();
        assertThat(told[0].read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(told[0].read(ByteBuffer.allocate(1))).isEqualTo(-1);

        TlsChannel[] cut = connected();
        cut[1].socket().shutdownOutput();
        assertThatThrownBy(() -> cut[0].read(ByteBuffer.allocate(1)))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("without TLS's word");
    }

    /** A relay from the client to the server, and back, that keeps what the client sends when it is told to. */
    private final class Tap {
        private final SocketChannel[] near = sockets();
        private final SocketChannel[] far = sockets();
        private final BlockingQueue<byte[]> kept = new LinkedBlockingQueue<>();
        private final TlsChannel client;
        private final TlsChannel server;
        private volatile boolean keep;

        Tap() throws Exception {
            aside(() -> relay(far[0], near[1], 4_096));
            aside(this::relayOrKeep);
            TlsChannel[] ends = connected(near[0], far[1]);
            client = ends[0];
            server = ends[1];
            keep = true;
        }

        private Void relayOrKeep() throws IOException, InterruptedException {
            ByteBuffer bytes = ByteBuffer.allocate(20_000);
            while (near[1].read(bytes.clear()) >= 0) {
                if (keep) {
                    kept.put(Arrays.copyOf(bytes.array(), bytes.position()));
                } else {
                    far[0].write(bytes.flip());
                }
            }
            return null;
        }

        /** The record of a message, kept from the server. */
        byte[] record(byte[] message) throws Exception {
            write(client, message);
            return kept.take();
        }

        void deliver(byte[] bytes, int length) throws IOException {
            far[0].write(ByteBuffer.wrap(bytes, 0, length));
            far[0].shutdownOutput();
        }

        void close() throws IOException {
            closeAll();
            listen();
        }
    }

    @Test
    void what_is_cut_off_is_a_failure_wherever_it_is_cut() throws Exception {
        for (int cut = 1; cut < 60; cut += 4) {
            Tap tap = new Tap();
            byte[] record = tap.record(random(40));
            assertThat(record).hasSizeGreaterThan(cut);
            tap.deliver(record, cut);
            ByteBuffer in = ByteBuffer.allocate(100);
            assertThatThrownBy(() -> tap.server.read(in))
                    .as("cut after %d bytes", cut)
                    .isInstanceOf(EOFException.class);
            assertThat(in.position()).isZero();
            tap.close();
        }
        Tap tap = new Tap();
        byte[] whole = tap.record(random(40));
        tap.deliver(whole, whole.length);
        assertThat(read(tap.server, 40)).isEqualTo(random(40));
        assertThatThrownBy(() -> tap.server.read(ByteBuffer.allocate(1))).isInstanceOf(EOFException.class);
    }

    @Test
    void what_is_changed_on_the_way_is_never_handed_out() throws Exception {
        Random random = new Random(SEED);
        for (int round = 0; round < 60; round++) {
            Tap tap = new Tap();
            byte[] record = tap.record(random(40));
            // But for the version in the header, which means nothing and is not looked at.
            int at = random.nextInt(record.length - 2);
            record[at == 0 ? 0 : at + 2] ^= (byte) (1 << random.nextInt(8));
            tap.deliver(record, record.length);
            ByteBuffer in = ByteBuffer.allocate(100);
            assertThatThrownBy(() -> tap.server.read(in))
                    .as("seed %d, round %d", SEED, round)
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> tap.server.read(in)).as("again").isInstanceOf(IOException.class);
            assertThat(in.position()).isZero();
            tap.close();
        }
    }

    @Test
    void a_stranger_gets_a_small_buffer() throws Exception {
        TlsChannel server = connected()[1];
        assertThat(input(server).capacity()).isLessThan(16_384);
    }

    @Test
    void who_is_trusted_in_the_middle_of_a_record_can_finish_it() throws Exception {
        Tap tap = new Tap();
        byte[] record = tap.record(random(40));
        tap.server.socket().configureBlocking(false);
        tap.far[0].write(ByteBuffer.wrap(record, 0, 10));
        ByteBuffer read = ByteBuffer.allocate(40);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .until(() -> tap.server.read(read) == 0 && input(tap.server).remaining() == 10);
        tap.server.trust();
        tap.far[0].write(ByteBuffer.wrap(record, 10, record.length - 10));
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            tap.server.read(read);
            return !read.hasRemaining();
        });
        assertThat(read.array()).isEqualTo(random(40));
    }

    private static ByteBuffer input(TlsChannel channel) throws ReflectiveOperationException {
        Field in = TlsChannel.class.getDeclaredField("in");
        in.setAccessible(true);
        return (ByteBuffer) in.get(channel);
    }

    /** The arithmetic of large ones takes a second, and a client needs none to demand it. */
    @Test
    void keys_are_not_agreed_on_over_finite_fields() throws Exception {
        // JDK 25 does not either with a certificate over a curve that is not among the client's groups.
        assumeThat(agree(Certificates.context().createSSLEngine()))
                .as("that a server could")
                .isNull();
        assertThat(agree(TlsEngines.server(Certificates.context(), List.of())))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("named group");
    }

    /** Lets a client that knows finite fields only shake hands; returns how that fails for the server, or null. */
    private IOException agree(SSLEngine serving) throws Exception {
        SSLEngine dialling = TlsEngines.client(trusting());
        SSLParameters parameters = dialling.getSSLParameters();
        parameters.setAlgorithmConstraints(new FiniteFieldsOnly());
        dialling.setSSLParameters(parameters);
        serving.setUseClientMode(false);
        SocketChannel[] pair = sockets();
        TlsChannel client = new TlsChannel(pair[0], dialling, Long.MAX_VALUE);
        TlsChannel server = new TlsChannel(pair[1], serving, Long.MAX_VALUE);
        FutureTask<IOException> handshake = aside(() -> {
            try {
                shakeHands(server);
                return null;
            } catch (IOException e) {
                server.close();
                return e;
            }
        });
        try {
            shakeHands(client);
        } catch (IOException e) {
            client.close();
        }
        return handshake.get(30, TimeUnit.SECONDS);
    }

    /** What a client is restricted to. */
    private static final class FiniteFieldsOnly implements AlgorithmConstraints {
        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, String algorithm, AlgorithmParameters parameters) {
            // Protocols and cipher suites are asked about in the same way.
            return !algorithm.matches("(?i)(x25519|x448|xdh|secp|sect).*|EC|ECDH")
                    || !primitives.contains(CryptoPrimitive.KEY_AGREEMENT);
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return true;
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, Key key, AlgorithmParameters parameters) {
            return true;
        }
    }

    /** A client whose engine the test may tell to update its keys, and a server. */
    private TlsChannel[] connected(SSLEngine engine) throws Exception {
        SocketChannel[] pair = sockets();
        TlsChannel client = new TlsChannel(pair[0], engine, Long.MAX_VALUE);
        TlsChannel server = server(pair[1]);
        FutureTask<Void> handshake = aside(() -> {
            shakeHands(server);
            return null;
        });
        shakeHands(client);
        handshake.get(30, TimeUnit.SECONDS);
        return new TlsChannel[] {client, server};
    }

    /** In both directions at the same time; the server's part goes out with what it writes next. */
    @Test
    void keys_are_updated_in_the_midst_of_it() throws Exception {
        SSLEngine engine = TlsEngines.client(trusting());
        TlsChannel[] ends = connected(engine);
        byte[] bytes = random(4 * MEBIBYTE);
        FutureTask<byte[]> there = aside(() -> read(ends[1], bytes.length));
        FutureTask<byte[]> back = aside(() -> read(ends[0], bytes.length));
        FutureTask<Void> writer = aside(() -> {
            write(ends[1], bytes);
            return null;
        });
        int part = 64 * 1024;
        for (int from = 0; from < bytes.length; from += part) {
            engine.beginHandshake();
            write(ends[0], Arrays.copyOfRange(bytes, from, from + part));
        }
        assertThat(there.get()).isEqualTo(bytes);
        assertThat(back.get()).isEqualTo(bytes);
        writer.get();
        // And with nothing on the way, as on a slot that is idle: the record is read, and no data found.
        ByteBuffer update = ByteBuffer.allocate(32 * 1024);
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), update);
        assertThat(update.position()).as("a key update").isGreaterThan(HEADER);
        ends[0].socket().write(update.flip());
        ends[1].socket().configureBlocking(false);
        assertThat(ends[1].read(ByteBuffer.allocate(1))).isZero();
        ends[1].socket().configureBlocking(true);
        write(ends[1], random(100));
        assertThat(read(ends[0], 100)).isEqualTo(random(100));
    }

    @Test
    void records_without_data_are_not_read_for_ever() throws Exception {
        SSLEngine engine = TlsEngines.client(trusting());
        TlsChannel[] ends = connected(engine);
        ByteBuffer records = ByteBuffer.allocate(256 * 1024);
        for (int i = 0; i < 1_100; i++) {
            engine.beginHandshake();
            engine.wrap(ByteBuffer.allocate(0), records);
        }
        ends[0].socket().write(records.flip());
        assertThatThrownBy(() -> ends[1].read(ByteBuffer.allocate(1))).hasMessageContaining("again and again");
    }

    private static SSLContext trusting() throws Exception {
        Field context = PinnedTls.class.getDeclaredField("context");
        context.setAccessible(true);
        return (SSLContext) context.get(new PinnedTls(Certificates.sha256()));
    }

    @Test
    void a_certificate_with_another_fingerprint_is_refused_before_anything_is_said() throws Exception {
        SocketChannel[] pair = sockets();
        byte[] wrong = Certificates.sha256();
        wrong[31] ^= 1;
        TlsChannel client = new TlsChannel(pair[0], new PinnedTls(wrong).engine(), Long.MAX_VALUE);
        TlsChannel server = server(pair[1]);
        FutureTask<Void> handshake = aside(() -> {
            shakeHands(server);
            return null;
        });
        assertThatThrownBy(() -> write(client, random(10)))
                .isInstanceOf(TlsChannel.WrongPeerException.class)
                .hasMessageContaining("is not the expected one");
        assertThatThrownBy(() -> client.read(ByteBuffer.allocate(1))).hasMessageContaining("is not the expected one");
        assertThatThrownBy(() -> client.write(ByteBuffer.allocate(1))).hasMessageContaining("is not the expected one");
        assertThatThrownBy(() -> handshake.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("certificate_unknown");
        assertThat(server.isReady()).isFalse();
    }

    @Test
    void who_does_not_speak_tls_is_told_from_who_does_it_wrongly() throws Exception {
        for (String said : List.of("FLAM", "F", "GET / HTTP/1.1\r\n\r\n", "\u0080....")) {
            SocketChannel[] pair = sockets();
            pair[0].write(ByteBuffer.wrap(said.getBytes(StandardCharsets.ISO_8859_1)));
            assertThatThrownBy(() -> shakeHands(server(pair[1])))
                    .isInstanceOfSatisfying(
                            TlsChannel.NotTlsException.class,
                            e -> assertThat(e.isFlame()).isEqualTo(said.startsWith("F")));
        }
        SocketChannel[] pair = sockets();
        pair[0].write(ByteBuffer.wrap(new byte[] {22, 3, 1, 0, 4, 99, 0, 0, 0}));
        assertThatThrownBy(() -> shakeHands(server(pair[1]))).isInstanceOf(SSLException.class);
    }

    @Test
    void no_more_is_read_than_is_allowed_until_the_peer_is_trusted() throws Exception {
        SocketChannel[] pair = sockets();
        TlsChannel server = new TlsChannel(pair[1], TlsEngines.server(Certificates.context(), List.of()), 2_000);
        FutureTask<Void> handshake = aside(() -> {
            shakeHands(server);
            return null;
        });
        TlsChannel client = client(pair[0]);
        shakeHands(client);
        handshake.get(30, TimeUnit.SECONDS);
        write(client, random(3_000));
        assertThatThrownBy(() -> server.read(ByteBuffer.allocate(4_000))).hasMessageContaining("it sent more than");
        // What has come so far counts.
        server.trust();
        assertThat(read(server, 3_000)).isEqualTo(random(3_000));
    }

    /** The next connection spares both sides the certificate. */
    @Test
    void sessions_are_resumed() throws Exception {
        PinnedTls dialler = new PinnedTls(Certificates.sha256());
        int full = handshakeBytes(dialler);
        int resumed = handshakeBytes(dialler);
        assertThat(resumed).isLessThan(full - 200);
    }

    /** How much the server sends in a handshake and after it. */
    private int handshakeBytes(PinnedTls dialler) throws Exception {
        SocketChannel[] near = sockets();
        SocketChannel[] far = sockets();
        AtomicInteger count = new AtomicInteger();
        FutureTask<Void> up = aside(() -> relay(near[1], far[0], 4_096));
        FutureTask<Void> down = aside(() -> {
            ByteBuffer bytes = ByteBuffer.allocate(4_096);
            while (far[0].read(bytes.clear()) >= 0) {
                count.addAndGet(bytes.position());
                near[1].write(bytes.flip());
            }
            return null;
        });
        TlsChannel server = server(far[1]);
        FutureTask<Void> handshake = aside(() -> {
            shakeHands(server);
            write(server, new byte[1]);
            return null;
        });
        TlsChannel client = new TlsChannel(near[0], dialler.engine(), Long.MAX_VALUE);
        shakeHands(client);
        // The ticket for the next time comes with the first message.
        read(client, 1);
        handshake.get(30, TimeUnit.SECONDS);
        far[1].close();
        down.get(30, TimeUnit.SECONDS);
        near[0].close();
        up.get(30, TimeUnit.SECONDS);
        return count.get();
    }
}
