package io.flame4j.internal.link;

import io.flame4j.FlameException;
import io.flame4j.backend.Tls;
import io.flame4j.internal.wire.FileTls;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.PeerName;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.TlsEngines;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;

/**
 * With certificates of the user's in files, for both sides. The files are read before a runner is started, and, since the
 * listener's thread must not wait for a file system, beside it at connections: by a thread {@code flame4j-certificate},
 * once a second at most.
 */
final class MutualTls implements TlsServer {

    private static final long REFRESH_NANOS = 1_000_000_000;

    private final Tls.Mutual mutual;
    private final LongSupplier clock;
    private final PeerName runner;
    private final FileTls files;
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final AtomicLong refreshed;

    /**
     * Reads the files. Blocks.
     *
     * @param clock monotonic nanoseconds
     * @throws FlameException when there is something wrong with them
     */
    MutualTls(Tls.Mutual mutual, LongSupplier clock) {
        this.mutual = mutual;
        this.clock = clock;
        this.runner = new PeerName(mutual.runnerName().orElse(null));
        this.refreshed = new AtomicLong(clock.getAsLong());
        try {
            files = new FileTls(
                    mutual.directory(), new PeerName(mutual.parentName().orElse(null)));
            // Suites that the certificate's JDK has, and the context enables, are known now and not at the first
            // runner.
            engineOf(files);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new FlameException("Cannot listen for runners with " + mutual + ": " + e.getMessage(), e);
        }
    }

    private SSLEngine engineOf(FileTls current) {
        SSLEngine engine = TlsEngines.server(current.context(), mutual.limits().ciphers());
        engine.setNeedClientAuth(true);
        return engine;
    }

    /** That was done when this was made. */
    @Override
    public void prepare() {}

    @Override
    public SSLEngine engine() {
        long now = clock.getAsLong();
        long last = refreshed.get();
        if (now - last >= REFRESH_NANOS && refreshing.compareAndSet(false, true)) {
            refreshed.set(now);
            Thread thread = new Thread(this::refresh, "flame4j-certificate");
            thread.setDaemon(true);
            thread.start();
        }
        return engineOf(files);
    }

    private void refresh() {
        try {
            files.refresh();
        } finally {
            refreshing.set(false);
        }
    }

    @Override
    public int allowance() {
        return Protocol.MAX_BEFORE_MUTUAL_HELLO;
    }

    @Override
    public PeerName runner() {
        return runner;
    }

    @Override
    public ParentTls await() {
        files.refresh();
        return new ParentTls.Files(
                mutual.directory().toString(), mutual.parentName().orElse(null));
    }
}
