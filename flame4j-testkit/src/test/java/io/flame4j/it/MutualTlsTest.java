package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlameException;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerContext;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.backend.Tls;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.FileTls;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.PeerName;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.TlsEngines;
import io.flame4j.testkit.TestAuthority;
import io.flame4j.testkit.TestAuthority.Request;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of the user's for both sides: who gets in with which, and what becomes of them when the files change. */
class MutualTlsTest extends PoolTests {

    private static final String PARENT = "dns:parent.shop";
    private static final String RUNNER = "uri:spiffe://shop/runner";

    @TempDir
    private static Path home;

    private static TestAuthority authority;
    private static TestAuthority stranger;

    /** As a mounted Secret has them; fresh for each test. */
    @TempDir
    private Path secret;

    @BeforeAll
    static void found() {
        authority = TestAuthority.create(home, "shop");
        stranger = TestAuthority.create(home, "somebody");
        authority.issue(Request.of(PARENT, RUNNER), home.resolve("good"));
    }

    @BeforeEach
    void mount() throws IOException {
        copy(home.resolve("good"), secret);
    }

    private static void copy(Path from, Path to) throws IOException {
        for (String name : new String[] {"tls.crt", "tls.key", "ca.crt"}) {
            Path fresh = to.resolve(name + ".new");
            Files.copy(from.resolve(name), fresh);
            Files.move(fresh, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Notes the tickets of runners, and changes them. */
    private record Noting(
            Backend backend, ListenAt listenAt, CompletableFuture<BootTicket> ticket, UnaryOperator<String> change)
            implements Backend {

        @Override
        public RunnerHandle start(RunnerSpec spec) throws InterruptedException {
            Map<String, String> environment = new HashMap<>(spec.environment());
            String text = environment.get(RunnerSpec.PARENT_VARIABLE);
            ticket.complete(BootTicket.parse(text, environment.get(RunnerSpec.TOKEN_VARIABLE)));
            environment.put(RunnerSpec.PARENT_VARIABLE, change.apply(text));
            return backend.start(new RunnerSpec(
                    spec.pool(), spec.runnerId(), environment, spec.bootTimeout(), spec.shutdownTimeout()));
        }

        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    private final CompletableFuture<BootTicket> ticket = new CompletableFuture<>();

    private FlamePoolBuilder with(Tls tls) {
        return with(tls, text -> text);
    }

    private FlamePoolBuilder with(Tls tls, UnaryOperator<String> change) {
        Backend processes = ProcessBackend.builder().heap("64m").tls(tls).build();
        return on(new Noting(processes, processes.listenAt(), ticket, change)).max(1);
    }

    // ---- who gets in

    @Test
    void callsAreServed() {
        FlamePool pool = start(with(Tls.mutual(secret).parentName("parent.shop").runnerName("spiffe://shop/runner")));
        assertThat(pool.call(() -> "served")).isEqualTo("served");
    }

    @Test
    void aParentOfAnotherNameIsNotTalkedTo() {
        FlamePoolBuilder pool =
                with(Tls.mutual(secret).parentName("bank.example")).bootTimeout(Duration.ofSeconds(20));
        assertThatThrownBy(() -> start(pool.min(1)))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("exited with code 76")
                .hasMessageContaining("[parent.shop, spiffe://shop/runner], of which none is bank.example");
    }

    @Test
    void aRunnerOfAnotherNameIsRejectedAndToldWhy() {
        FlamePoolBuilder pool =
                with(Tls.mutual(secret).runnerName("spiffe://shop/other")).bootTimeout(Duration.ofSeconds(20));
        assertThatThrownBy(() -> start(pool.min(1)))
                .isInstanceOf(RunnerBootException.class)
                .hasMessageContaining("exited with code 76")
                .hasMessageContaining("the parent rejected this runner")
                .hasMessageContaining("of which none is spiffe://shop/other");
    }

    @Test
    void whoShowsNoCertificateIsRefused() throws Exception {
        assertRefused(null, "certificate");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
        stranger.issue(Request.of(PARENT, RUNNER), home.resolve("stranger"));
        assertRefused(home.resolve("stranger"), "unable to find valid certification path");
    }

    @Test
    void aCertificateThatHasRunOutIsRefused() throws Exception {
        authority.issue(Request.of(PARENT, RUNNER).expired(), home.resolve("expired"));
        assertRefused(home.resolve("expired"), "validity check failed");
    }

    @Test
    void aCertificateForServersOnlyIsRefused() throws Exception {
        authority.issue(Request.of(PARENT, RUNNER).usableFor("serverAuth"), home.resolve("server"));
        assertRefused(home.resolve("server"), "Extended key usage does not permit use for TLS client authentication");
    }

    @Test
    void theTokenIsNeededAllTheSame() throws Exception {
        String log = logOf(noted -> {
            FlamePool pool = start(with(Tls.mutual(secret)));
            pool.call(() -> "boot");
            BootTicket used = ticket.join();
            FileTls good = new FileTls(secret, new PeerName("parent.shop"));
            try (TlsChannel channel = good.dial(used.address())) {
                channel.write(hello(used));
                assertThat(said(channel)).contains("token");
            }
            eventually(() -> assertThat(noted.toString(StandardCharsets.UTF_8)).contains("Refused"));
        });
        assertThat(log).contains("a token that was used before");
    }

    /** A handshake with certificates of both sides is what slot connections save by it. */
    @Test
    void sessionsAreResumed() throws Exception {
        FlamePool pool = start(with(Tls.mutual(secret)));
        pool.call(() -> "boot");
        SSLContext runner = new FileTls(secret, new PeerName(null)).context();

        long full = sessionBegan(runner);
        assertThat(sessionBegan(runner)).isEqualTo(full);
        assertThat(sessionBegan(new FileTls(secret, new PeerName(null)).context()))
                .as("of one who has no session")
                .isGreaterThan(full);
    }

    private long sessionBegan(SSLContext context) throws IOException {
        SSLEngine engine = TlsEngines.client(context);
        BootTicket used = ticket.join();
        try (TlsChannel channel = new TlsChannel(used.address().connect(), engine, Long.MAX_VALUE)) {
            channel.write(hello(used));
            assertThat(said(channel)).contains("token");
            return engine.getSession().getCreationTime();
        }
    }

    private void assertRefused(Path certificate, String reason) throws Exception {
        String log = logOf(noted -> {
            FlamePool pool = start(with(Tls.mutual(secret)));
            pool.call(() -> "boot");
            BootTicket stolen = ticket.join();
            TlsChannel channel =
                    new TlsChannel(stolen.address().connect(), TlsEngines.client(client(certificate)), Long.MAX_VALUE);
            try (channel) {
                channel.write(hello(stolen));
                assertThatThrownBy(() -> said(channel)).isInstanceOf(IOException.class);
            }
            eventually(() -> assertThat(pool.stats().refused())
                    .containsKey(certificate == null ? Refusal.TLS_FAILED : Refusal.WRONG_CERTIFICATE));
            assertThat(pool.call(() -> "others are served")).isNotEmpty();
            eventually(() -> assertThat(noted.toString(StandardCharsets.UTF_8)).contains("Refused"));
        });
        assertThat(log.lines().filter(line -> line.contains("Refused")))
                .singleElement()
                .asString()
                .contains(reason);
    }

    private static ByteBuffer hello(BootTicket ticket) {
        return new Hello.Control(ticket.runnerId(), ticket.token(), ticket.version(), ticket.javaVersion(), 0).encode();
    }

    private static String said(TlsChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4_096);
        channel.read(bytes);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    /** Somebody who trusts the parent and shows any certificate, or none. */
    private SSLContext client(Path directory) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate(secret.resolve("ca.crt")));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        if (directory != null) {
            String pem = Files.readString(directory.resolve("tls.key")).replaceAll("-----[A-Z ]+-----", "");
            keys.setKeyEntry(
                    "own",
                    KeyFactory.getInstance("EC")
                            .generatePrivate(new PKCS8EncodedKeySpec(
                                    Base64.getMimeDecoder().decode(pem))),
                    new char[0],
                    new Certificate[] {certificate(directory.resolve("tls.crt"))});
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance("SunX509");
        own.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        X509ExtendedKeyManager any = (X509ExtendedKeyManager) own.getKeyManagers()[0];
        context.init(directory == null ? null : new KeyManager[] {new Insisting(any)}, trust.getTrustManagers(), null);
        return context;
    }

    /** Shows its certificate although it is of no authority that was asked for. */
    private static final class Insisting extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager keys;

        private Insisting(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return "own";
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"own"};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "own";
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }
    }

    private static X509Certificate certificate(Path file) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
    }

    // ---- rotation

    @Test
    void newCertificatesAreUsedWhileCallsRunOn(@TempDir Path marks) throws Exception {
        authority.issue(Request.of(PARENT, RUNNER), home.resolve("next"));
        FlamePool pool =
                start(with(Tls.mutual(secret).parentName("parent.shop")).maxConcurrency(2));
        String where = marks.toString();
        CompletableFuture<Long> held = pool.callAsync(() -> Jobs.hold(where, "held"));
        long runner = Jobs.awaitRun(marks, "held");

        copy(home.resolve("next"), secret);
        awaitShown(home.resolve("next"));
        makeRedial(pool);

        assertThat(pool.call(Jobs::pid)).as("the same runner").isEqualTo(runner);
        Jobs.go(marks, "held");
        assertThat(held.get()).isEqualTo(runner);
    }

    @Test
    void theAuthorityCanBeChangedWhenBothAreTrustedMeanwhile() throws Exception {
        TestAuthority next = TestAuthority.create(home, "next-authority");
        next.issue(Request.of(PARENT, RUNNER), home.resolve("next-authority"));
        authority.issue(Request.of(PARENT, RUNNER), home.resolve("again"));
        FlamePool pool = start(with(Tls.mutual(secret)));
        long runner = pool.call(Jobs::pid);

        replace("ca.crt", authority.certificate() + next.certificate());
        replace("tls.key", Files.readString(home.resolve("again").resolve("tls.key")));
        replace("tls.crt", Files.readString(home.resolve("again").resolve("tls.crt")));
        // The parent trusts both, before anybody shows what the next authority has issued; and so does the runner.
        awaitShown(home.resolve("again"));
        makeRedial(pool);
        assertThat(pool.call(Jobs::pid)).isEqualTo(runner);
        replace("tls.key", Files.readString(home.resolve("next-authority").resolve("tls.key")));
        replace("tls.crt", Files.readString(home.resolve("next-authority").resolve("tls.crt")));
        awaitShown(home.resolve("next-authority"));
        makeRedial(pool);
        assertThat(pool.call(Jobs::pid)).isEqualTo(runner);
        replace("ca.crt", next.certificate());
        makeRedial(pool);
        // A runner that has looked at its files less than a second before is refused once more, and replaced.
        assertThat(pool.<Long, RuntimeException>call(Jobs::pid)).isPositive();
    }

    @Test
    void badFilesChangeNothingAndAreToldOnce() throws Exception {
        String all = logOf(log -> {
            FlamePool pool = start(with(Tls.mutual(secret)));
            long runner = pool.call(Jobs::pid);

            replace("tls.crt", "nonsense");
            for (int i = 0; i < 3; i++) {
                makeRedial(pool);
                assertThat(pool.call(Jobs::pid)).isEqualTo(runner);
            }
            // The parent reads them beside connections, once a second at most.
            eventually(() -> {
                shown(home.resolve("good"));
                assertThat(parentsComplaints(log)).isNotEmpty();
            });
            copy(home.resolve("good"), secret);
            makeRedial(pool);
            assertThat(pool.call(Jobs::pid)).isEqualTo(runner);
        });
        assertThat(parentsComplaints(all))
                .singleElement()
                .asString()
                .contains(secret.resolve("tls.crt") + " has no block");
    }

    /** Without what comes from a runner's output, on a thread of its own. */
    private static List<String> parentsComplaints(Object log) {
        return log.toString()
                .lines()
                .filter(line -> line.contains("cannot be used as they are now") && !line.contains("-out-"))
                .toList();
    }

    /** A runner whose files went bad must not keep calls waiting for connections that it cannot open. */
    @Test
    void aRunnerWhoseNewCertificateIsRefusedEndsAndItsCallsAreNotHeldUp(@TempDir Path its) throws Exception {
        stranger.issue(Request.of(PARENT, RUNNER), home.resolve("foreign"));
        copy(home.resolve("good"), its);
        FlamePool pool = start(with(
                        Tls.mutual(secret),
                        text -> text.replaceFirst(
                                ";mtls=[^;]*", ";mtls=" + URLEncoder.encode(its.toString(), StandardCharsets.UTF_8)))
                .bootTimeout(Duration.ofSeconds(30)));
        pool.call(Jobs::pid);

        copy(home.resolve("foreign"), its);
        Files.copy(home.resolve("good").resolve("ca.crt"), its.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        makeRedial(pool);

        pool.callAsync(Jobs::pid);
        Awaitility.await("a runner that could not come")
                .atMost(Jobs.LONG)
                .until(() -> pool.stats().calls().failedBoots() > 0);
        // Boots are tried again, since files are replaced at last; until then this is what there is to say.
        assertThatThrownBy(() -> pool.call(Jobs::pid, CallOptions.defaults().timeout(Duration.ofSeconds(10))))
                .isInstanceOf(CallTimeoutException.class)
                .hasMessageContaining("0 ready runners")
                .hasMessageContaining("exited with code 76")
                .hasMessageContaining("the other side refuses the certificate that it was shown");
    }

    /**
     * Giving up a call that runs closes its connection, and the runner dials another. It has run for more than a second
     * then, so that whoever looks at files for the new connection, which is done once a second at most, has not done so
     * before the test changed them.
     */
    private static void makeRedial(FlamePool pool) throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        CompletableFuture<Void> givenUp = pool.callAsync(
                () -> {
                    RunnerContext.current().progress("runs");
                    Thread.sleep(60_000);
                },
                CallOptions.defaults().onProgress(progress -> runs.countDown()));
        assertThat(runs.await(60, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> givenUp.get(1_100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(givenUp.cancel(true)).isTrue();
    }

    private void replace(String name, String text) throws IOException {
        Path fresh = secret.resolve(name + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, secret.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Until the parent shows the certificate in that directory. */
    private void awaitShown(Path directory) throws Exception {
        BigInteger wanted = certificate(directory.resolve("tls.crt")).getSerialNumber();
        eventually(() -> assertThat(shown(secret)).isEqualTo(wanted));
    }

    /** The serial number of the certificate that the parent shows now to the owner of another. */
    private BigInteger shown(Path own) throws Exception {
        FileTls good = new FileTls(own, new PeerName(null));
        try (TlsChannel channel = good.dial(ticket.join().address())) {
            channel.write(ByteBuffer.allocate(0));
            return channel.peer().getSerialNumber();
        }
    }

    // ---- files

    @Test
    void missingAndUnusableFilesAreToldWhenThePoolIsBuilt() throws Exception {
        assertBad("tls.key", null, "There is no file", "mounted Secret of type kubernetes.io/tls");
        assertBad("ca.crt", "", "ca.crt has no block -----BEGIN CERTIFICATE-----");
        assertBad(
                "tls.key",
                "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
                "openssl pkcs8 -topk8 -nocrypt -in " + secret.resolve("tls.key"),
                "encoding: PKCS8");
        assertBad(
                "tls.key",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "it is encrypted");
        stranger.issue(Request.of(PARENT), home.resolve("other"));
        assertBad(
                "tls.key",
                Files.readString(home.resolve("other").resolve("tls.key")),
                "is not the key of the certificate");
        authority.issue(Request.of(PARENT).expired(), home.resolve("old"));
        copy(home.resolve("old"), secret);
        assertThatThrownBy(() -> with(Tls.mutual(secret)).build()).hasMessageContaining("is not valid now");
    }

    private void assertBad(String name, String text, String... told) throws IOException {
        if (text == null) {
            Files.delete(secret.resolve(name));
        } else {
            replace(name, text);
        }
        assertThatThrownBy(() -> with(Tls.mutual(secret)).build())
                .isInstanceOf(FlameException.class)
                .hasMessageContainingAll(told)
                .hasMessageContaining(secret.toString());
        copy(home.resolve("good"), secret);
    }

    private interface Attempt {
        void make(ByteArrayOutputStream log) throws Exception;
    }

    private static String logOf(Attempt attempt) throws Exception {
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            attempt.make(log);
        } finally {
            System.setErr(stderr);
            stderr.print(log);
        }
        return log.toString(StandardCharsets.UTF_8);
    }
}
