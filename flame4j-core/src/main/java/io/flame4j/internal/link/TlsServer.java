package io.flame4j.internal.link;

import io.flame4j.RunnerBootException;
import io.flame4j.backend.Tls;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The parent's TLS: prepares what it shows to runners on a thread of its own, {@code flame4j-certificate}, which ends
 * with that. Nobody but the boot of a runner waits for it. Thread-safe.
 */
final class TlsServer {

    /** One certificate is enough for all listeners of a JVM. */
    private static final TlsServer EPHEMERAL = new TlsServer(EphemeralCertificate::make);

    private final Callable<TlsIdentity> make;

    /** Guarded by the monitor of this. */
    private @Nullable FutureTask<TlsIdentity> task;

    private volatile @Nullable TlsIdentity identity;

    private TlsServer(Callable<TlsIdentity> make) {
        this.make = make;
    }

    /** What the setting asks for; null when that is nothing. */
    static @Nullable TlsServer of(Tls tls) {
        if (tls instanceof Tls.Custom custom) {
            return new TlsServer(() -> look(custom.context()));
        }
        return tls instanceof Tls.Ephemeral ? EPHEMERAL : null;
    }

    private static TlsIdentity look(SSLContext context) {
        try {
            return TlsIdentity.of(context);
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            throw new RunnerBootException(
                    "The SSLContext that was given to Tls.of(…) cannot serve runners: " + e.getMessage()
                            + ". It needs a key with a certificate for the server side, and TLS 1.3.",
                    true,
                    e);
        }
    }

    /** Begins to prepare, unless that has been done. */
    synchronized FutureTask<TlsIdentity> prepare() {
        FutureTask<TlsIdentity> current = task;
        if (current == null || current.isDone() && identity == null) {
            current = new FutureTask<>(this::remember);
            task = current;
            Thread thread = new Thread(current, "flame4j-certificate");
            thread.setDaemon(true);
            thread.start();
        }
        return current;
    }

    private TlsIdentity remember() throws Exception {
        TlsIdentity made = make.call();
        identity = made;
        return made;
    }

    /** What is shown to runners; null as long as it is not ready. */
    @Nullable
    TlsIdentity ready() {
        return identity;
    }

    /**
     * Waits for what is shown to runners. What has failed before is tried again.
     *
     * @throws RunnerBootException when it cannot be had
     */
    TlsIdentity await() throws InterruptedException {
        try {
            return prepare().get();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            boolean permanent = cause instanceof RunnerBootException boot && boot.isPermanent();
            throw new RunnerBootException(String.valueOf(cause.getMessage()), permanent, cause);
        }
    }
}
