package io.flame4j.internal.link;

import io.flame4j.RunnerBootException;
import io.flame4j.backend.TlsLimits;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.TlsEngines;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** With the certificate that this JVM makes for itself: one for all listeners. Nobody but the boot of a runner waits for it. */
final class EphemeralTls implements TlsServer {

    /** Guards {@link #task}. */
    private static final Object LOCK = new Object();

    private static @Nullable FutureTask<TlsIdentity> task;

    private static volatile @Nullable TlsIdentity identity;

    private final TlsLimits limits;

    EphemeralTls(TlsLimits limits) {
        this.limits = limits;
    }

    @Override
    public void prepare() {
        begin();
    }

    /** Begins unless that has been done. What has failed before is tried again. */
    private static FutureTask<TlsIdentity> begin() {
        synchronized (LOCK) {
            FutureTask<TlsIdentity> current = task;
            if (current == null || current.isDone() && identity == null) {
                current = new FutureTask<>(EphemeralTls::make);
                task = current;
                Thread thread = new Thread(current, "flame4j-certificate");
                thread.setDaemon(true);
                thread.start();
            }
            return current;
        }
    }

    private static TlsIdentity make() throws InterruptedException {
        TlsIdentity made = EphemeralCertificate.make();
        identity = made;
        return made;
    }

    @Override
    public @Nullable SSLEngine engine() {
        TlsIdentity made = identity;
        return made == null ? null : TlsEngines.server(made.context(), limits.ciphers());
    }

    @Override
    public ParentTls await() throws InterruptedException {
        try {
            return new ParentTls.Pinned(begin().get().sha256());
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            boolean permanent = cause instanceof RunnerBootException boot && boot.isPermanent();
            throw new RunnerBootException(String.valueOf(cause.getMessage()), permanent, cause);
        }
    }
}
