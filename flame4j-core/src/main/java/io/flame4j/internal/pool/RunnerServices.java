package io.flame4j.internal.pool;

import io.flame4j.LogForwarding;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.link.Admission;
import io.flame4j.internal.link.RunnerPort;
import io.flame4j.internal.logs.LogInbox;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.Versions;
import io.flame4j.internal.wire.WireAddress;
import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What the runners of one pool share. Thread-safe. */
final class RunnerServices {

    /** Longest answer: arrays end at 2 GiB, and a result may hold a few. */
    static final long MAX_BODY = 16L << 30;

    private static final long FAILSAFE_MILLIS = 20_000;

    private final PoolConfig config;
    private final RunnerPort port;
    private final LongSupplier clock;
    private final byte[] idleCheck;
    private final long lossDetailsNanos;
    private final ConcurrentHashMap<ManagedRunner, byte[]> slotKeys = new ConcurrentHashMap<>();
    private final LogInbox logs;

    /** Those that are gone and have connections left, on which answers may wait to be read. */
    private final Set<ManagedRunner> lingering = ConcurrentHashMap.newKeySet();

    private @Nullable PoolShell shell;
    private @Nullable PoolTimer timer;

    RunnerServices(PoolConfig config, RunnerPort port, LongSupplier clock, byte[] idleCheck) {
        this.config = config;
        this.port = port;
        this.clock = clock;
        this.idleCheck = idleCheck;
        this.logs = new LogInbox(config.name(), LoggerFactory.getILoggerFactory(), clock);
        this.lossDetailsNanos = config.backend().lossDetailsWithin().toNanos();
    }

    /** Ties the knot; called once, before anything else. */
    void connect(PoolShell poolShell, PoolTimer poolTimer) {
        shell = poolShell;
        timer = poolTimer;
    }

    long now() {
        return clock.getAsLong();
    }

    String pool() {
        return config.name();
    }

    PoolShell shell() {
        return Objects.requireNonNull(shell);
    }

    void wakeBy(long nanos) {
        Objects.requireNonNull(timer).wakeBy(nanos);
    }

    WireAddress address() {
        return port.address();
    }

    byte[] idleCheck() {
        return idleCheck;
    }

    long bootTimeoutNanos() {
        return config.bootTimeout().toNanos();
    }

    long shutdownNanos() {
        return config.shutdownTimeout().toNanos();
    }

    /** The time limit of calls that set none, and of the idle check. */
    long timeoutNanos() {
        return config.timeout().toNanos();
    }

    /** How long a lost runner's platform may take to say why; the callers wait for it. */
    long lossDetailsNanos() {
        return lossDetailsNanos;
    }

    /** Completes when the pool knows all that its runners had said by now. */
    CompletableFuture<@Nullable Void> caughtUp() {
        return port.caughtUp();
    }

    /** Where the log of runners goes. */
    LogInbox logs() {
        return logs;
    }

    /** Whether runners are asked for their logs. */
    boolean forwardsLogs() {
        return config.logs() == LogForwarding.ON;
    }

    /** Whether nothing that runners write is to be logged. */
    boolean isSilent() {
        return config.logs() == LogForwarding.OFF;
    }

    /** Blocks until the backend may start one more. */
    void awaitRoom() throws InterruptedException {
        config.backend().awaitRoom();
    }

    RunnerHandle start(ManagedRunner runner) throws InterruptedException {
        ParentTls tls = port.tls();
        byte[] token = Admission.newSecret();
        byte[] slotKey = Admission.newSecret();
        slotKeys.put(runner, slotKey);
        port.expect(runner.id(), token, slotKey, runner, config.backend().tellsAddresses());
        BootTicket ticket = new BootTicket(
                config.name(),
                runner.id(),
                port.address(),
                tls,
                token,
                Versions.FLAME4J,
                Runtime.version().feature(),
                isLocal(port.address()) ? ProcessHandle.current().pid() : 0,
                Math.min(FAILSAFE_MILLIS, config.bootTimeout().toMillis()));
        return config.backend()
                .start(new RunnerSpec(
                        config.name(),
                        runner.id(),
                        Map.of(
                                RunnerSpec.PARENT_VARIABLE,
                                ticket.encode(),
                                RunnerSpec.TOKEN_VARIABLE,
                                ticket.encodeToken()),
                        config.bootTimeout(),
                        config.shutdownTimeout()));
    }

    /** Whether a runner at the other end sees the same processes. */
    private static boolean isLocal(WireAddress address) {
        return !(address instanceof WireAddress.Tcp tcp) || tcp.host().startsWith("127.");
    }

    /** Tells where a runner may come from. */
    void comesFrom(ManagedRunner runner, Set<InetAddress> addresses) {
        port.comesFrom(runner.id(), addresses);
    }

    ControlFrame welcome(ManagedRunner runner) {
        return new ControlFrame.Welcome(
                Objects.requireNonNull(slotKeys.get(runner)),
                config.maxConcurrency(),
                config.heartbeat().toMillis(),
                config.shutdownTimeout().toMillis(),
                TimeUnit.NANOSECONDS.toMillis(config.interruptGrace().toNanos()),
                config.codec().getClass().getName(),
                config.initializer() == null ? "" : config.initializer().getName(),
                config.propagators().stream()
                        .map(propagator -> propagator.getClass().getName())
                        .toList(),
                config.logs() == LogForwarding.ON);
    }

    Set<ManagedRunner> lingering() {
        return lingering;
    }

    /** Lets answers that were sent be read: for as long as that may take, and no longer. */
    void awaitLingering() throws InterruptedException {
        for (ManagedRunner runner : lingering) {
            runner.awaitLingering();
        }
    }

    /** Nobody waits for answers any more. */
    void endLingering() {
        lingering.forEach(ManagedRunner::endLingering);
    }

    void forget(ManagedRunner runner) {
        slotKeys.remove(runner);
        port.forget(runner.id());
    }
}
