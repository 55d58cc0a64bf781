package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.Refusal;
import io.flame4j.backend.ListenAt;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.Versions;
import io.flame4j.internal.wire.WireAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer at the port can and cannot do, before and after it has proved itself. */
@Timeout(120)
class RunnerListenerTest {

    static final long SEED = Long.getLong("flame4j.seed", 20_261_123L);

    /** Long, so that nothing that must happen sooner can wait for it. */
    private static final Duration HEARTBEAT = Duration.ofMinutes(10);

    /** Notes what it is told. */
    static final class Noting implements RunnerEndpoint {
        final List<String> told = new CopyOnWriteArrayList<>();
        private final List<ByteChannel> slots = new CopyOnWriteArrayList<>();

        /** What it does when its control connection has ended. */
        private volatile Runnable onClosed = () -> {};

        @Override
        public void onControl(ControlChannel control, Hello.Control hello) {
            told.add("control");
        }

        @Override
        public void onSlot(Hello.Slot hello, ByteChannel channel) {
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
            onClosed.run();
        }

        @Override
        public void onRefused(String message) {
            told.add("refused: " + message);
        }

        @Override
        public void onMisplaced(String message) {
            told.add("misplaced: " + message);
        }

        void await(String what) {
            Awaitility.await(what)
                    .atMost(20, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> told.stream().anyMatch(each -> each.startsWith(what)));
        }
    }

    final byte[] token = Admission.newSecret();
    final byte[] slotKey = Admission.newSecret();
    final Noting endpoint = new Noting();

    /** How far the listener's clock is ahead. */
    final AtomicLong ahead = new AtomicLong();

    /** So many readings of the listener's clock fail. */
    final AtomicInteger faults = new AtomicInteger();

    RunnerPort listener;

    ListenAt at() {
        return ListenAt.loopback();
    }

    @BeforeEach
    void listen() {
        listener = RunnerListener.start(at(), "under-test", HEARTBEAT.toNanos(), this::now, ended -> {});
        listener.expect("r-1", token, slotKey, endpoint, false);
    }

    private long now() {
        if (faults.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("played by the test");
        }
        return System.nanoTime() + ahead.get();
    }

    @AfterEach
    void close() throws Exception {
        listener.close();
        listener.join(10_000);
        for (ByteChannel slot : endpoint.slots) {
            slot.close();
        }
    }

    static ByteBuffer control(String runner, byte[] token) {
        return new Hello.Control(
                        runner, token, Versions.FLAME4J, Runtime.version().feature(), 1)
                .encode();
    }

    static ByteBuffer slot(String runner, int slotId, byte[] key) {
        return new Hello.Slot(runner, slotId, 0, key).encode();
    }

    ByteChannel dial(ByteBuffer first) throws Exception {
        SocketChannel channel = listener.address().connect();
        while (first.hasRemaining()) {
            channel.write(first);
        }
        return channel;
    }

    SocketChannel connectFrom(String source) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(new InetSocketAddress(source, 0));
        channel.connect(new InetSocketAddress("127.0.0.1", ((WireAddress.Tcp) listener.address()).port()));
        return channel;
    }

    /** As {@link #dial}, from another address of this machine. */
    ByteChannel dialFrom(String source, ByteBuffer first) throws Exception {
        SocketChannel channel = connectFrom(source);
        channel.write(first);
        return channel;
    }

    void awaitRefused(Refusal kind, long count) {
        Awaitility.await(kind + " in " + listener.refused())
                .atMost(20, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> listener.refused().getOrDefault(kind, 0L) == count);
    }

    /** Says that nothing more will come. */
    static void endOutput(ByteChannel channel) throws IOException {
        LayeredChannel.socketOf(channel).shutdownOutput();
    }

    private static int portOf(ByteChannel channel) throws IOException {
        return ((InetSocketAddress) LayeredChannel.socketOf(channel).getLocalAddress()).getPort();
    }

    /** Reads until the listener closes; what it said before. */
    static String farewell(ByteChannel channel) {
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

    void assertLetsTheRunnerIn() throws Exception {
        try (ByteChannel control = dial(control("r-1", token))) {
            endpoint.await("control");
            assertThat(control.isOpen()).isTrue();
        }
    }

    /** Without its thread all runners would be lost. */
    @Test
    void aWantOfMemoryDoesNotEndTheListener() throws Exception {
        faults.set(6);
        dial(ByteBuffer.wrap(new byte[] {1})).close();
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> faults.get() == 0);
        assertLetsTheRunnerIn();
    }

    @Test
    void whoeverWaitsForItToCatchUpIsNotForgottenAtItsEnd() throws Exception {
        listener.caughtUp().get(20, TimeUnit.SECONDS);
        listener.close();
        listener.caughtUp().get(20, TimeUnit.SECONDS);
        listener.join(20_000);
        assertThat(listener.caughtUp()).isDone();
    }

    /** Code of users may come to run on it, and all runners would wait with it. */
    @Test
    void itsOwnThreadDoesNotWaitForWhatOnlyItCanDo() throws Exception {
        endpoint.onClosed = () -> {
            endpoint.told.add("caught up: " + listener.caughtUp().isDone());
            listener.close();
            try {
                listener.join(60_000);
                endpoint.told.add("joined");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        ByteChannel control = dial(control("r-1", token));
        endpoint.await("control");
        control.close();
        endpoint.await("caught up: true");
        endpoint.await("joined");
    }

    /** Looks are taken twice per heartbeat, and one more when it is time. */
    @Test
    void aSilentRunnerIsLostAfterThreeHeartbeatsAndNotLater() throws Exception {
        ahead.addAndGet(HEARTBEAT.toNanos() / 5);
        ByteChannel control = dial(control("r-1", token));
        endpoint.await("control");
        for (int i = 0; i < 6; i++) {
            ahead.addAndGet(HEARTBEAT.toNanos() * 49 / 100);
            farewell(dial(ByteBuffer.wrap(new byte[] {1})));
        }
        assertThat(endpoint.told).noneMatch(each -> each.startsWith("closed"));
        ahead.addAndGet(HEARTBEAT.toNanos() * 7 / 100);
        farewell(dial(ByteBuffer.wrap(new byte[] {1})));
        endpoint.await("closed: nothing was heard of it");
        control.close();
    }

    @Test
    void silenceIsBoundedWhateverTheHeartbeat() throws Exception {
        long began = System.nanoTime();
        ByteChannel mute = dial(ByteBuffer.allocate(0));
        ByteChannel half = dial(ByteBuffer.wrap("FLAM".getBytes(StandardCharsets.US_ASCII)));
        assertThat(farewell(mute)).isEmpty();
        assertThat(farewell(half)).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Protocol.HELLO_TIMEOUT, Protocol.HELLO_TIMEOUT.plusSeconds(20));
        assertLetsTheRunnerIn();
    }

    @Test
    void aRefusalIsLoggedOnceWithTheAddressAndNothingThatWasSent() throws Exception {
        byte[] wrong = Admission.newSecret();
        String secret = "s3cretS3cretS3cretS3cretS3cretS3";
        byte[] nonsense = new byte[60];
        Arrays.fill(nonsense, (byte) 0xFF);
        ByteBuffer malformed = control("r-1", wrong);
        malformed.put(8, nonsense, 0, 12);
        List<ByteBuffer> attempts = List.of(
                control("r-1", secret.getBytes(StandardCharsets.US_ASCII)),
                control("who-" + secret, wrong),
                slot("r-1", 0, secret.getBytes(StandardCharsets.US_ASCII)),
                ByteBuffer.wrap((secret + secret).getBytes(StandardCharsets.US_ASCII)),
                malformed,
                ByteBuffer.wrap(new byte[] {22, 3, 1, 2, 0, 1}));
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        List<String> addresses = new ArrayList<>();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            for (ByteBuffer attempt : attempts) {
                // Each at a listener of its own: of several at one, only the first is told at once.
                close();
                listen();
                ByteChannel channel = dial(attempt);
                addresses.add("127.0.0.1:" + portOf(channel) + " ");
                assertThat(farewell(channel)).doesNotContain(secret);
                // What follows soon is only counted.
                ahead.addAndGet(TimeUnit.SECONDS.toNanos(11));
            }
            Awaitility.await()
                    .until(() -> log.toString(StandardCharsets.UTF_8)
                                    .lines()
                                    .filter(line -> line.contains("Refused"))
                                    .count()
                            == attempts.size());
        } finally {
            System.setErr(stderr);
        }
        String text = log.toString(StandardCharsets.UTF_8);
        for (String address : addresses) {
            assertThat(text.split(Pattern.quote(address), -1))
                    .as("one line for " + address)
                    .hasSize(2);
        }
        assertThat(text).contains("it speaks TLS, which is off at this port");
        assertThat(text).doesNotContainIgnoringCase("s3cret").doesNotContain("1844674407");
        assertThat(endpoint.told).isEmpty();
        assertLetsTheRunnerIn();
    }

    @Test
    void refusalsAreCountedByKind() throws Exception {
        assertThat(listener.refused()).isEmpty();
        farewell(dial(control("r-1", Admission.newSecret())));
        awaitRefused(Refusal.WRONG_TOKEN, 1);
        farewell(dial(control("nobody", token)));
        awaitRefused(Refusal.WRONG_TOKEN, 2);
        farewell(dial(slot("r-1", 0, Admission.newSecret())));
        awaitRefused(Refusal.WRONG_KEY, 1);
        ByteBuffer older = control("r-1", token);
        older.put(4, (byte) (Protocol.VERSION + 1));
        farewell(dial(older));
        awaitRefused(Refusal.OTHER_VERSION, 1);
        farewell(dial(ByteBuffer.wrap(new byte[] {22, 3, 1, 2, 0, 1})));
        awaitRefused(Refusal.UNEXPECTED_TLS, 1);
        farewell(dial(ByteBuffer.wrap("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII))));
        awaitRefused(Refusal.NOT_FLAME, 1);
        ByteBuffer long_ = ByteBuffer.allocate(200)
                .put(control("r-1", token))
                .put(new byte[50])
                .flip();
        farewell(dial(long_));
        awaitRefused(Refusal.TOO_LONG, 1);
        dial(ByteBuffer.wrap("FLAM".getBytes(StandardCharsets.US_ASCII))).close();
        awaitRefused(Refusal.BROKEN, 1);
        assertThat(endpoint.told).isEmpty();
        try (ByteChannel control = dial(control("r-1", token))) {
            endpoint.await("control");
            farewell(dial(control("r-1", token)));
            awaitRefused(Refusal.USED_TOKEN, 1);
            assertThat(control.isOpen()).isTrue();
        }
    }

    @Test
    void theSummaryNamesTheKinds() throws Exception {
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            for (int i = 0; i < 3; i++) {
                farewell(dial(control("r-1", Admission.newSecret())));
            }
            for (int i = 0; i < 2; i++) {
                farewell(dial(slot("r-1", 0, Admission.newSecret())));
            }
            awaitRefused(Refusal.WRONG_KEY, 2);
            ahead.addAndGet(HEARTBEAT.toNanos());
            farewell(dial(ByteBuffer.wrap(new byte[] {1, 2, 3})));
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> log.toString(StandardCharsets.UTF_8).contains("more connections"));
        } finally {
            System.setErr(stderr);
        }
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("(WRONG_TOKEN)\n", "(WRONG_KEY)\n")
                .contains("Refused 3 more connections at tcp:127.0.0.1:")
                .contains("(WRONG_TOKEN 2, WRONG_KEY 1)");
    }

    @Test
    void aTokenIsOfNoUseElsewhereAndNotUsedUpThere() throws Exception {
        listener.expect("r-2", token, slotKey, endpoint, true);
        listener.comesFrom("r-2", Set.of(InetAddress.getByName("127.0.0.1")));
        String told = farewell(dialFrom("127.0.0.2", control("r-2", token)));
        assertThat(told)
                .as("nothing: a runner whose address was translated tries on")
                .isEmpty();
        awaitRefused(Refusal.WRONG_ADDRESS, 1);
        assertThat(endpoint.told).singleElement().asString().contains("misplaced: ", "r-2", "127.0.0.2", "127.0.0.1");
        try (ByteChannel control = dialFrom("127.0.0.1", control("r-2", token))) {
            endpoint.await("control");
            assertThat(farewell(dialFrom("127.0.0.2", slot("r-2", 0, slotKey)))).isEmpty();
            awaitRefused(Refusal.WRONG_ADDRESS, 2);
            ByteChannel slot = dialFrom("127.0.0.1", slot("r-2", 0, slotKey));
            endpoint.await("slot");
            slot.close();
            assertThat(control.isOpen()).isTrue();
        }
    }

    @Test
    void anotherVersionElsewhereIsNotTheRunners() throws Exception {
        listener.expect("r-2", token, slotKey, endpoint, true);
        listener.comesFrom("r-2", Set.of(InetAddress.getByName("127.0.0.1")));
        ByteBuffer other =
                new Hello.Control("r-2", token, "0.0.0", Runtime.version().feature(), 1).encode();
        farewell(dialFrom("127.0.0.2", other));
        awaitRefused(Refusal.WRONG_ADDRESS, 1);
        assertThat(endpoint.told).noneMatch(each -> each.startsWith("refused"));
        farewell(dialFrom("127.0.0.1", other.rewind()));
        endpoint.await("refused");
    }

    @Test
    void aRunnerWhoseAddressIsNotKnownYetWaitsForIt() throws Exception {
        listener.expect("r-2", token, slotKey, endpoint, true);
        ByteChannel elsewhere = dialFrom("127.0.0.2", control("r-2", token));
        ByteChannel right = dialFrom("127.0.0.1", control("r-2", token));
        // When this is answered, those before have been read.
        farewell(dial(ByteBuffer.wrap(new byte[] {1})));
        // Longer than strangers are given; the boot has its own deadline.
        ahead.addAndGet(2 * Protocol.HELLO_TIMEOUT.toNanos());
        farewell(dial(ByteBuffer.wrap(new byte[] {1})));
        assertThat(endpoint.told).isEmpty();
        listener.comesFrom("r-2", Set.of(InetAddress.getByName("127.0.0.1")));
        endpoint.await("control");
        farewell(elsewhere);
        // By which of the two, is up to which was looked at first.
        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> listener.refused().containsKey(Refusal.WRONG_ADDRESS)
                        || listener.refused().containsKey(Refusal.USED_TOKEN));
        assertThat(right.isOpen()).isTrue();
        right.close();
    }

    @Test
    void notManyMayWaitWithOneToken() throws Exception {
        listener.expect("r-2", token, slotKey, endpoint, true);
        List<ByteChannel> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(dialFrom("127.0.0.2", control("r-2", token)));
        }
        awaitRefused(Refusal.CROWDED, 8);
        assertThat(endpoint.told).isEmpty();
        listener.comesFrom("r-2", Set.of(InetAddress.getByName("127.0.0.1")));
        awaitRefused(Refusal.WRONG_ADDRESS, 4);
        ByteChannel right = dialFrom("127.0.0.1", control("r-2", token));
        endpoint.await("control");
        right.close();
        for (ByteChannel each : all) {
            each.close();
        }
    }

    @Test
    void whoeverWaitsForAnAddressIsDroppedWithTheBoot() throws Exception {
        listener.expect("r-2", token, slotKey, endpoint, true);
        ByteChannel waiting = dialFrom("127.0.0.1", control("r-2", token));
        assertThat(farewell(dialFrom("127.0.0.1", control("r-2", Admission.newSecret()))))
                .as("only who has the token may wait")
                .contains(Guest.NO_TOKEN);
        listener.forget("r-2");
        assertThat(farewell(waiting)).contains(Guest.NO_TOKEN);
        assertLetsTheRunnerIn();
    }

    @Test
    void whoHoldsAllPlacesKeepsNobodyOut() throws Exception {
        // Under TLS there is no place for anybody before there is a certificate, which the first runner waits for.
        dial(ByteBuffer.wrap(new byte[] {1})).close();
        List<ByteChannel> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                slow.add(listener.address().connect());
            }
            assertLetsTheRunnerIn();
            assertThat(listener.refused().getOrDefault(Refusal.CROWDED, 0L)).isPositive();
        } finally {
            for (ByteChannel channel : slow) {
                channel.close();
            }
        }
    }

    @Test
    void aTokenIsGoodOnceAndNotAfterItsBoot() throws Exception {
        ByteChannel first = dial(control("r-1", token));
        endpoint.await("control");
        assertThat(farewell(dial(control("r-1", token)))).contains("used before");
        ByteChannel slot = dial(slot("r-1", 0, slotKey));
        endpoint.await("slot");
        listener.forget("r-1");
        assertThat(farewell(dial(slot("r-1", 1, slotKey)))).isEmpty();

        byte[] other = Admission.newSecret();
        listener.expect("r-2", other, Admission.newSecret(), new Noting(), false);
        assertThat(farewell(dial(control("r-1", other)))).contains("token");
        assertThat(farewell(dial(slot("r-2", 0, slotKey)))).isEmpty();
        listener.forget("r-2");
        assertThat(farewell(dial(control("r-2", other)))).contains("token");
        assertThat(endpoint.told).containsExactly("control", "slot");
        first.close();
        slot.close();
    }

    @Test
    void resetsAndFloodsKeepNobodyOut() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            try (SocketChannel channel = listener.address().connect()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                if (i % 4 == 0) {
                    channel.write(ByteBuffer.wrap(new byte[16_384]));
                }
            } catch (IOException e) {
                assertThat(e).as("refused before all was written").isNotNull();
            }
        }
        assertLetsTheRunnerIn();
    }

    /** Bytes of strangers, each on a connection of its own; the decoder alone is tried with many more. */
    @Test
    void mutatedHellosAreRefused() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 1_000; i++) {
            boolean asControl = random.nextBoolean();
            byte[] bytes = (asControl ? control("r-1", token) : slot("r-1", 0, slotKey)).array();
            // In the secret, so that none gets in by chance.
            int secretAt = asControl ? 12 : 14;
            bytes[secretAt + random.nextInt(Protocol.SECRET_LENGTH)] ^= 1 << random.nextInt(8);
            for (int change = random.nextInt(4); change > 0; change--) {
                int at = random.nextInt(bytes.length);
                bytes[at] =
                        at < secretAt || at >= secretAt + Protocol.SECRET_LENGTH ? (byte) random.nextInt() : bytes[at];
            }
            ByteChannel channel = dial(ByteBuffer.wrap(bytes));
            endOutput(channel);
            farewell(channel);
        }
        assertThat(endpoint.told).as("seed " + SEED).isEmpty();
        assertLetsTheRunnerIn();
    }

    /** A runner that was let in and turns out to be hostile: it loses its connection, once, and nobody else does. */
    @Test
    void mutatedControlFramesEndTheirConnectionOnly() throws Exception {
        Random random = new Random(SEED);
        List<ControlFrame> frames = List.of(
                new ControlFrame.RunnerHeartbeat(),
                new ControlFrame.Draining("why"),
                new ControlFrame.Condemned(-1, "why"),
                new ControlFrame.CheckAnswer(-1, 7, "why"),
                new ControlFrame.InitFailed("x".repeat(ControlFrame.MAX_REPORT), "y".repeat(ControlFrame.MAX_TRACE)),
                new ControlFrame.Goodbye("why", java.util.Optional.empty()),
                new ControlFrame.Welcome(slotKey, -1, -1, -1, -1, "", "", List.of(), false));
        Noting bystander = new Noting();
        byte[] bystanderToken = Admission.newSecret();
        listener.expect("bystander", bystanderToken, slotKey, bystander, false);
        ByteChannel calm = dial(control("bystander", bystanderToken));
        bystander.await("control");
        for (int i = 0; i < 200; i++) {
            String id = "hostile-" + i;
            Noting hostile = new Noting();
            byte[] hostileToken = Admission.newSecret();
            listener.expect(id, hostileToken, slotKey, hostile, false);
            ByteChannel channel = dial(control(id, hostileToken));
            hostile.await("control");
            try {
                for (int j = 0; j < 50; j++) {
                    byte[] bytes =
                            frames.get(random.nextInt(frames.size())).encode().array();
                    bytes[random.nextInt(Math.min(bytes.length, 40))] = (byte) random.nextInt();
                    channel.write(ByteBuffer.wrap(bytes));
                }
                channel.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0}));
            } catch (IOException e) {
                // It has been closed already.
            }
            endOutput(channel);
            farewell(channel);
            hostile.await("closed");
            assertThat(hostile.told.stream().filter(each -> each.startsWith("closed")))
                    .as("seed " + SEED)
                    .hasSize(1);
            listener.forget(id);
        }
        calm.write(new ControlFrame.RunnerHeartbeat().encode());
        bystander.await("frame");
        assertThat(bystander.told).containsExactly("control", "frame");
        calm.close();
        assertLetsTheRunnerIn();
    }
}
