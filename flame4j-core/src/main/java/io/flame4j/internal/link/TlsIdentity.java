package io.flame4j.internal.link;

import io.flame4j.internal.wire.PinnedTls;
import io.flame4j.internal.wire.TlsEngines;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a parent shows to its runners.
 *
 * @param context with the key
 * @param sha256 of the certificate
 */
record TlsIdentity(SSLContext context, byte[] sha256) {

    TlsIdentity {
        sha256 = sha256.clone();
    }

    @Override
    public byte[] sha256() {
        return sha256.clone();
    }

    /** Enough for any message of a handshake. */
    private static final int BUFFER = 64 * 1024;

    /**
     * Finds out which certificate a context shows: answers the first message of a runner's handshake, in memory. That it
     * also loads the JDK's TLS, before the first runner waits for that, is welcome.
     *
     * @param ciphers as for {@link TlsEngines#server}
     */
    static TlsIdentity of(SSLContext context, List<String> ciphers) throws GeneralSecurityException, SSLException {
        SSLContext nobody = SSLContext.getInstance("TLSv1.3");
        nobody.init(null, new TrustManager[0], null);
        SSLEngine client = TlsEngines.client(nobody);
        SSLEngine server = TlsEngines.server(context, ciphers);
        ByteBuffer hello = ByteBuffer.allocate(BUFFER);
        client.beginHandshake();
        client.wrap(ByteBuffer.allocate(0), hello);
        server.beginHandshake();
        server.unwrap(hello.flip(), ByteBuffer.allocate(0));
        for (Runnable task = server.getDelegatedTask(); task != null; task = server.getDelegatedTask()) {
            task.run();
        }
        // Throws what went wrong in the tasks.
        server.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(BUFFER));
        @Nullable SSLSession session = server.getHandshakeSession();
        Certificate @Nullable [] shown = session == null ? null : session.getLocalCertificates();
        if (shown == null || shown.length == 0) {
            throw new SSLException("it shows no certificate");
        }
        return new TlsIdentity(context, PinnedTls.sha256(shown[0]));
    }

    @Override
    public String toString() {
        return "TlsIdentity";
    }
}
