package io.flame4j.internal.link;

import io.flame4j.RunnerBootException;
import io.flame4j.backend.Tls;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.TlsEngines;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** With the certificate that a context of the user's shows; it is looked at anew for each runner, since it may change. */
final class CustomTls implements TlsServer {

    private static final Logger LOG = LoggerFactory.getLogger(CustomTls.class);

    private final Tls.Custom custom;

    CustomTls(Tls.Custom custom) {
        this.custom = custom;
    }

    /** Loads the JDK's TLS. */
    @Override
    public void prepare() {
        Thread thread = new Thread(
                () -> {
                    try {
                        look();
                    } catch (RunnerBootException e) {
                        LOG.debug("The boots of runners will tell this", e);
                    }
                },
                "flame4j-certificate");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public SSLEngine engine() {
        return TlsEngines.server(custom.context(), custom.limits().ciphers());
    }

    @Override
    public ParentTls await() {
        return look();
    }

    private ParentTls look() {
        try {
            return new ParentTls.Pinned(
                    TlsIdentity.of(custom.context(), custom.limits().ciphers()).sha256());
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            throw new RunnerBootException(
                    "The SSLContext that was given to Tls.of(…) cannot serve runners: " + e.getMessage()
                            + ". It needs a key with a certificate for the server side, TLS 1.3, and the cipher suites"
                            + " that were named.",
                    true,
                    e);
        }
    }
}
