package io.flame4j.internal.runner;

import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.FileTls;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.PeerName;
import io.flame4j.internal.wire.PinnedTls;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.TlsClient;
import io.flame4j.internal.wire.Versions;
import io.flame4j.internal.wire.WireAddress;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * Dials the parent until it welcomes this runner. Runs on the control thread; the failsafe is the timer's, which closes
 * the link under it. No class is touched here that is not needed: a cold start waits for every one of them.
 */
final class Boot {

    private static final long RETRY_MILLIS = 100;

    private final Runner runner;
    private final BootTicket ticket;
    private final RunnerHost host;
    private final Clock clock;
    private final long started;

    private final Object tlsLock = new Object();

    /** Guarded by {@code tlsLock}; made for the first connection, and only where it is needed. */
    private @Nullable TlsClient tls;

    /** Guarded by the monitor of this. */
    private @Nullable ControlLink link;

    /** Guarded by the monitor of this. */
    private boolean cancelled;

    /** Guarded by the monitor of this. */
    private String lastFailure = "no answer";

    Boot(Runner runner, BootTicket ticket, RunnerHost host, Clock clock) {
        this.runner = runner;
        this.ticket = ticket;
        this.host = host;
        this.clock = clock;
        this.started = clock.nanos();
    }

    /** When the failsafe ends the runner. */
    long failsafeAt() {
        return Clock.after(started, ticket.failsafeMillis());
    }

    /**
     * Dials.
     *
     * @return what was agreed, or null when the runner is ending instead
     */
    @Nullable
    Session dial() {
        while (!isCancelled()) {
            try {
                return attempt();
            } catch (IOException | RuntimeException e) {
                // A name that cannot be resolved yet comes as a RuntimeException.
                failed(e);
                if (e instanceof TlsChannel.WrongPeerException) {
                    runner.abort(
                            Protocol.EXIT_REJECTED,
                            "at " + ticket.address() + " there is somebody else than the parent: " + e.getMessage());
                    return null;
                }
                if (e instanceof TlsChannel.CertificateRefusedException) {
                    runner.abort(
                            Protocol.EXIT_REJECTED,
                            "the parent at " + ticket.address() + " rejected this runner, and its log says why: "
                                    + e.getMessage());
                    return null;
                }
            }
            if (host.parentIsGone()) {
                runner.abort(Protocol.EXIT_NOT_CONNECTED, "the process that started this runner is gone");
                return null;
            }
            pause();
        }
        return null;
    }

    private @Nullable Session attempt() throws IOException {
        ControlLink dialled = new ControlLink(connect(null), clock);
        Session session = null;
        try {
            if (adopt(dialled)) {
                session = introduce(dialled);
            }
            return session;
        } finally {
            if (session == null) {
                dialled.close();
            }
        }
    }

    /** Connects; where TLS is asked for, the handshake comes with the first write. Any thread. */
    ByteChannel connect(WireAddress.@Nullable Attempt attempt) throws IOException {
        ParentTls parent = ticket.tls();
        return parent == null
                ? ticket.address().connect(attempt)
                : client(parent).dial(ticket.address(), attempt);
    }

    private TlsClient client(ParentTls parent) throws IOException {
        synchronized (tlsLock) {
            TlsClient current = tls;
            if (current == null) {
                current = parent instanceof ParentTls.Pinned pin ? new PinnedTls(pin.sha256()) : files(parent);
                tls = current;
            }
            return current;
        }
    }

    private static TlsClient files(ParentTls parent) throws IOException {
        ParentTls.Files files = (ParentTls.Files) parent;
        try {
            return new FileTls(Path.of(files.directory()), new PeerName(files.parentName()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private @Nullable Session introduce(ControlLink dialled) throws IOException {
        Hello hello = new Hello.Control(
                ticket.runnerId(),
                ticket.token(),
                Versions.FLAME4J,
                Runtime.version().feature(),
                host.pid());
        dialled.write(hello.encode());
        ControlFrame answer = dialled.receive();
        if (answer instanceof ControlFrame.Welcome welcome) {
            return new Session(dialled, welcome);
        }
        if (answer instanceof ControlFrame.Reject reject) {
            runner.abort(Protocol.EXIT_REJECTED, "the parent rejected this runner: " + reject.message());
            return null;
        }
        throw new EOFException(
                answer == null ? "the parent closed the connection" : "the parent answered with something else");
    }

    /** Lets {@link #cancel()} reach the connection; false when it has come already. */
    private synchronized boolean adopt(ControlLink dialled) {
        link = dialled;
        return !cancelled;
    }

    /** Stops dialling. Any thread. */
    void cancel() {
        ControlLink current;
        synchronized (this) {
            cancelled = true;
            current = link;
            notifyAll();
        }
        if (current != null) {
            current.close();
        }
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    private synchronized void failed(Exception failure) {
        lastFailure = failure.toString();
    }

    /** What to tell people when the failsafe ends the runner. */
    synchronized String explanation() {
        return "could not connect to the parent at " + ticket.address() + " within " + ticket.failsafeMillis()
                + " ms; the last attempt: " + lastFailure;
    }

    private synchronized void pause() {
        long end = Clock.after(clock.nanos(), RETRY_MILLIS);
        try {
            for (long rest = end - clock.nanos(); rest > 0 && !cancelled; rest = end - clock.nanos()) {
                wait(rest / Clock.NANOS_PER_MILLI + 1);
            }
        } catch (InterruptedException e) {
            // Nobody but the application could mean this, and it cannot mean the runner.
            failed(e);
        }
    }
}
