package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.Tls;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.PinnedTls;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.WireAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** All that holds without TLS, and what a peer can do to the TLS itself. */
class RunnerListenerTlsTest extends RunnerListenerTest {

    private PinnedTls client;
    private ListenAt at = ListenAt.loopback(Tls.ephemeral());

    @Override
    ListenAt at() {
        return at;
    }

    /** Shakes hands too. */
    @Override
    ByteChannel dial(ByteBuffer first) throws Exception {
        if (client == null) {
            client = new PinnedTls(pin(listener));
        }
        return dial(client, first);
    }

    @Override
    ByteChannel dialFrom(String source, ByteBuffer first) throws Exception {
        if (client == null) {
            client = new PinnedTls(pin(listener));
        }
        TlsChannel channel = new TlsChannel(connectFrom(source), client.engine(), Long.MAX_VALUE);
        channel.write(first);
        return channel;
    }

    private static byte[] pin(RunnerPort port) throws InterruptedException {
        return ((ParentTls.Pinned) port.tls()).sha256();
    }

    private ByteChannel dial(PinnedTls tls, ByteBuffer first) throws IOException {
        TlsChannel channel = tls.dial(listener.address());
        channel.write(first);
        return channel;
    }

    private SocketChannel dialPlain(ByteBuffer first) throws IOException {
        SocketChannel channel = listener.address().connect();
        channel.write(first);
        return channel;
    }

    @Test
    void one_certificate_serves_all_listeners() throws Exception {
        byte[] first = pin(listener);
        close();
        listen();
        assertThat(pin(listener)).hasSize(32).isEqualTo(first);
    }

    @Test
    void whoever_speaks_no_tls_is_refused_and_a_runner_is_told_why() throws Exception {
        pin(listener);
        assertThat(farewell(dialPlain(control("r-1", token)))).contains("wants TLS");
        assertThat(farewell(dialPlain(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))))
                .isEmpty();
        assertThat(endpoint.told).as("the token was not even looked at").isEmpty();
        assertLetsTheRunnerIn();
    }

    @Test
    void refusals_on_the_way_to_tls_are_logged_with_their_reason() throws Exception {
        pin(listener);
        byte[] wrong = pin(listener);
        wrong[7] ^= 1;
        assertLogs("does not speak TLS", () -> farewell(dialPlain(control("r-1", token))));
        assertLogs(
                "Received fatal alert: certificate_unknown",
                () -> assertThatThrownBy(() -> dial(new PinnedTls(wrong), control("r-1", token)))
                        .hasMessageContaining("is not the expected one"));
        assertLogs("The client supported protocol versions [TLSv1.2]", this::shakeOldHands);
        assertLogs(
                "closed the connection in the TLS handshake",
                () -> dialPlain(ByteBuffer.wrap(new byte[] {22, 3, 1, 0, 5, 1})).close());
        assertThat(endpoint.told).isEmpty();
    }

    /** The JDK's message repeats the name that a client asks for as it came. */
    @Test
    void a_stranger_cannot_write_lines_of_its_own_into_the_log() throws Exception {
        String forged = "2026-01-01 ERROR io.flame4j.Forged - all is lost";
        String log =
                logOf(Tls.ephemeral(), "all is lost", () -> askFor("a\r\n" + forged + "\u001b[2J" + "x".repeat(600)));
        assertThat(log.lines()).noneMatch(line -> line.startsWith("2026-01-01 ERROR"));
        assertThat(log)
                .contains("Refused a connection from /127.0.0.1")
                .contains("\\r\\n" + forged + "\\u001b")
                .doesNotContain("\u001b")
                .doesNotContain("x".repeat(400));
    }

    private void askFor(String host) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, null, null);
        int port = ((WireAddress.Tcp) listener.address()).port();
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(
                    new SNIServerName(StandardConstants.SNI_HOST_NAME, host.getBytes(StandardCharsets.UTF_8)) {}));
            socket.setSSLParameters(parameters);
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    /** Whatever goes wrong in the code of others while it looks at a stranger, anybody may make happen again and again. */
    @Test
    void a_stranger_that_makes_our_side_fail_is_refused_like_others() throws Exception {
        String log = logOf(Tls.of(picky(EphemeralCertificate.make().context())), "Refused a connection", () -> {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, null, null);
            int port = ((WireAddress.Tcp) listener.address()).port();
            for (int i = 0; i < 3; i++) {
                try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
                    SSLParameters parameters = socket.getSSLParameters();
                    parameters.setApplicationProtocols(new String[] {"anything"});
                    socket.setSSLParameters(parameters);
                    assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
                }
            }
        });
        assertThat(log.lines().filter(line -> line.contains("Refused"))).hasSize(1);
        assertThat(log).doesNotContain("Unexpected failure").doesNotContain("\tat ");
    }

    /** A context of a user's whose code fails at those who offer application protocols. */
    private static SSLContext picky(SSLContext context) {
        return new Changing(() -> context, context) {
            @Override
            SSLEngine changed(SSLEngine engine) {
                engine.setHandshakeApplicationProtocolSelector((its, offered) -> {
                    throw new IllegalStateException("a picky selector");
                });
                return engine;
            }
        };
    }

    private interface Attempt {
        void make() throws Exception;
    }

    private void assertLogs(String reason, Attempt attempt) throws Exception {
        assertThat(logOf(Tls.ephemeral(), reason, attempt).lines().filter(line -> line.contains("Refused")))
                .singleElement()
                .asString()
                .contains("127.0.0.1")
                .contains(reason);
    }

    /** What a fresh listener logs, up to and with some words. */
    private String logOf(Tls tls, String words, Attempt attempt) throws Exception {
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            close();
            at = ListenAt.loopback(tls);
            listen();
            pin(listener);
            attempt.make();
            Awaitility.await(words)
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> log.toString(StandardCharsets.UTF_8).contains(words));
        } finally {
            System.setErr(stderr);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    private void shakeOldHands() throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        context.init(null, null, null);
        int port = ((WireAddress.Tcp) listener.address()).port();
        try (SSLSocket old = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            old.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThatThrownBy(old::startHandshake).hasMessageContaining("protocol_version");
        }
    }

    @Test
    void refusals_on_the_way_to_tls_are_counted_by_kind() throws Exception {
        pin(listener);
        farewell(dialPlain(control("r-1", token)));
        awaitRefused(Refusal.NOT_TLS, 1);
        byte[] wrong = pin(listener);
        wrong[7] ^= 1;
        assertThatThrownBy(() -> dial(new PinnedTls(wrong), control("r-1", token)))
                .isInstanceOf(IOException.class);
        awaitRefused(Refusal.WRONG_PIN, 1);
        shakeOldHands();
        awaitRefused(Refusal.TLS_FAILED, 1);
        assertLetsTheRunnerIn();
    }

    @Test
    void a_handshake_that_goes_on_for_ever_is_ended_in_time() throws Exception {
        byte[] hello = clientHello();
        List<SocketChannel> slow = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            slow.add(dialPlain(ByteBuffer.wrap(hello, 0, 5 + 10 * i)));
        }
        // Nothing more comes of these, but others are served meanwhile.
        assertLetsTheRunnerIn();
        long began = System.nanoTime();
        for (SocketChannel channel : slow) {
            assertThat(farewell(channel)).isEmpty();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Protocol.HELLO_TIMEOUT.plusSeconds(20));
    }

    @Test
    void no_more_is_read_than_a_hello_needs_however_it_is_wrapped() throws Exception {
        ByteChannel channel = dial(ByteBuffer.allocate(0));
        assertThatThrownBy(() -> {
                    // Records of one byte each: 22 bytes on the wire for every one of a hello that never ends.
                    ByteBuffer endless = control("r-1", token);
                    for (int i = 0; i < 1_000_000; i++) {
                        channel.write(endless.slice(i % 8, i < 8 ? 1 : 0));
                        LayeredChannel.socketOf(channel).write(ByteBuffer.wrap(new byte[] {23, 3, 3, 0x40, 0}));
                    }
                })
                .isInstanceOf(IOException.class);
        channel.close();
        assertLetsTheRunnerIn();
    }

    @Test
    void a_hello_may_come_in_records_of_one_byte() throws Exception {
        ByteBuffer hello = control("r-1", token);
        ByteChannel channel = dial(hello.slice(0, 1));
        for (int i = 1; i < hello.limit(); i++) {
            channel.write(hello.slice(i, 1));
        }
        endpoint.await("control");
        channel.close();
    }

    /** Several frames in one record, and one frame in several. */
    @Test
    void frames_are_found_however_they_lie_in_records() throws Exception {
        ByteChannel channel = dial(control("r-1", token));
        endpoint.await("control");
        ByteBuffer many = ByteBuffer.allocate(64 * 1024);
        for (int i = 0; i < 500; i++) {
            many.put(new ControlFrame.Draining("x".repeat(i % 100)).encode());
        }
        many.flip();
        while (many.hasRemaining()) {
            int part = Math.min(many.remaining(), 1 + many.position() % 7_000);
            channel.write(many.slice(many.position(), part));
            many.position(many.position() + part);
        }
        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> endpoint.told.stream().filter("frame"::equals).count() == 500);
        endOutput(channel);
        endpoint.await("closed: the connection ended without TLS's word for it");
        channel.close();
    }

    /** Real handshakes and records of runners that were let in, with bytes changed on their way. */
    @Test
    void mutated_records_harm_their_connection_only() throws Exception {
        Noting bystander = new Noting();
        byte[] bystanderToken = Admission.newSecret();
        listener.expect("bystander", bystanderToken, slotKey, bystander, false);
        ByteChannel calm = dial(control("bystander", bystanderToken));
        bystander.await("control");
        Random random = new Random(SEED);
        byte[] hello = clientHello();
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = hello.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            SocketChannel channel = dialPlain(ByteBuffer.wrap(bytes, 0, 1 + random.nextInt(bytes.length)));
            channel.shutdownOutput();
            farewell(channel);
        }
        for (int i = 0; i < 300; i++) {
            String id = "hostile-" + i;
            Noting hostile = new Noting();
            byte[] hostileToken = Admission.newSecret();
            listener.expect(id, hostileToken, slotKey, hostile, false);
            ByteChannel channel = dial(control(id, hostileToken));
            hostile.await("control");
            byte[] garbage = new byte[1 + random.nextInt(300)];
            random.nextBytes(garbage);
            if (random.nextBoolean() && garbage.length > 5) {
                System.arraycopy(new byte[] {23, 3, 3, 0, (byte) (garbage.length - 5)}, 0, garbage, 0, 5);
            }
            LayeredChannel.socketOf(channel).write(ByteBuffer.wrap(garbage));
            endOutput(channel);
            hostile.await("closed");
            channel.close();
            listener.forget(id);
            assertThat(hostile.told)
                    .as("seed " + SEED + ", round " + i)
                    .hasSize(2)
                    .doesNotContain("frame");
        }
        calm.write(new ControlFrame.RunnerHeartbeat().encode());
        bystander.await("frame");
        assertThat(bystander.told).containsExactly("control", "frame");
        calm.close();
        assertLetsTheRunnerIn();
    }

    @Test
    void a_context_without_a_key_is_refused_with_the_cure() throws Exception {
        SSLContext empty = SSLContext.getInstance("TLSv1.3");
        empty.init(null, null, null);
        RunnerPort hopeless = RunnerListener.start(
                ListenAt.loopback(Tls.of(empty)),
                "hopeless",
                TimeUnit.SECONDS.toNanos(5),
                System::nanoTime,
                ended -> {});
        try {
            assertThatThrownBy(hopeless::tls)
                    .isInstanceOfSatisfying(
                            RunnerBootException.class,
                            e -> assertThat(e.isPermanent()).isTrue())
                    .hasMessageContaining("Tls.of(…)")
                    .hasMessageContaining("needs a key");
        } finally {
            hopeless.close();
            hopeless.join(10_000);
        }
    }

    @Test
    void a_context_of_the_users_is_pinned_by_its_certificate() throws Exception {
        SSLContext own = EphemeralCertificate.make().context();
        RunnerPort theirs = RunnerListener.start(
                ListenAt.loopback(Tls.of(own)), "theirs", TimeUnit.SECONDS.toNanos(5), System::nanoTime, ended -> {});
        try {
            assertThat(pin(theirs)).isNotEqualTo(pin(listener));
            theirs.expect("r-1", token, slotKey, endpoint, false);
            TlsChannel channel = new PinnedTls(pin(theirs)).dial(theirs.address());
            channel.write(control("r-1", token));
            endpoint.await("control");
            channel.close();
        } finally {
            theirs.close();
            theirs.join(10_000);
        }
    }

    /** A context may come to show another certificate: who is started after that knows the new one. */
    @Test
    void each_runner_is_told_the_certificate_that_is_shown_when_it_is_started() throws Exception {
        SSLContext first = EphemeralCertificate.make().context();
        SSLContext second = EphemeralCertificate.make().context();
        AtomicReference<SSLContext> current = new AtomicReference<>(first);
        RunnerPort theirs = RunnerListener.start(
                ListenAt.loopback(Tls.of(new Changing(current::get, first))),
                "theirs",
                TimeUnit.SECONDS.toNanos(5),
                System::nanoTime,
                ended -> {});
        try {
            byte[] before = pin(theirs);
            current.set(second);
            byte[] after = pin(theirs);
            assertThat(after).isNotEqualTo(before);
            theirs.expect("r-1", token, slotKey, endpoint, false);
            TlsChannel channel = new PinnedTls(after).dial(theirs.address());
            channel.write(control("r-1", token));
            endpoint.await("control");
            channel.close();
            assertThatThrownBy(
                            () -> new PinnedTls(before).dial(theirs.address()).write(control("r-1", token)))
                    .isInstanceOf(TlsChannel.WrongPeerException.class);
        } finally {
            theirs.close();
            theirs.join(10_000);
        }
    }

    @Test
    void a_cipher_suite_that_is_not_allowed_is_refused() throws Exception {
        Tls allowed = Tls.ephemeral().ciphers("TLS_AES_256_GCM_SHA384").protocols("TLSv1.3");
        String log = logOf(allowed, "Refused", () -> {
            assertThatThrownBy(() -> shake("TLS_AES_128_GCM_SHA256")).hasMessageContaining("handshake_failure");
            assertThat(shake("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"))
                    .isEqualTo("TLS_AES_256_GCM_SHA384");
        });
        assertThat(log).contains("the TLS handshake failed");
        assertLetsTheRunnerIn();
    }

    @Test
    void the_preferred_cipher_suite_is_taken() throws Exception {
        logOf(
                Tls.ephemeral().ciphers("TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"),
                "",
                () -> assertThat(shake("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"))
                        .isEqualTo("TLS_CHACHA20_POLY1305_SHA256"));
    }

    /** The suite that is agreed on with somebody who offers these. */
    private String shake(String... suites) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        int port = ((WireAddress.Tcp) listener.address()).port();
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.3"});
            socket.setEnabledCipherSuites(suites);
            socket.startHandshake();
            return socket.getSession().getCipherSuite();
        }
    }

    /** Of somebody who does not care whom they dial. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** What a runner sends first. */
    private byte[] clientHello() throws Exception {
        try (java.nio.channels.ServerSocketChannel tap = java.nio.channels.ServerSocketChannel.open()) {
            tap.bind(new java.net.InetSocketAddress("127.0.0.1", 0));
            SocketChannel dialling = SocketChannel.open(tap.getLocalAddress());
            TlsChannel tls = new TlsChannel(dialling, new PinnedTls(pin(listener)).engine(), Long.MAX_VALUE);
            Thread dialler = new Thread(() -> {
                try {
                    tls.handshake();
                } catch (IOException e) {
                    // Closed below.
                }
            });
            dialler.start();
            SocketChannel seen = tap.accept();
            ByteBuffer bytes = ByteBuffer.allocate(4_096);
            while (bytes.position() < 5 || bytes.position() < 5 + bytes.getShort(3)) {
                seen.read(bytes);
            }
            seen.close();
            dialler.join();
            tls.close();
            return java.util.Arrays.copyOf(bytes.array(), bytes.position());
        }
    }
}
