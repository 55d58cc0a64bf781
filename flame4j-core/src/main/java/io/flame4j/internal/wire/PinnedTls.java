package io.flame4j.internal.wire;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS for one who dials and knows the certificate of the other side by its SHA-256, and by nothing else: names,
 * authorities and dates are not looked at. The handshake proves that the other side has the certificate's key.
 * Thread-safe.
 */
public final class PinnedTls implements TlsClient {

    private final SSLContext context;

    /**
     * Prepares to dial. Takes a while: it loads the JDK's TLS.
     *
     * @param sha256 of the certificate
     */
    public PinnedTls(byte[] sha256) {
        try {
            context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {new Pin(sha256.clone())}, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "This Java cannot do TLS 1.3, which the parent asks for: " + e.getMessage(), e);
        }
    }

    @Override
    public SSLEngine engine() {
        return TlsEngines.client(context);
    }

    /** The SHA-256 of a certificate's encoding. */
    public static byte[] sha256(Certificate certificate) throws CertificateException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Compares. The extended kind, since the JDK would add checks of its own to the simple one. */
    private static final class Pin extends X509ExtendedTrustManager {

        private final byte[] sha256;

        private Pin(byte[] sha256) {
            this.sha256 = sha256;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            byte[] shown = sha256(chain[0]);
            if (!MessageDigest.isEqual(shown, sha256)) {
                throw new CertificateException("the certificate of the other side, with SHA-256 "
                        + HexFormat.of().formatHex(shown) + ", is not the expected one, with SHA-256 "
                        + HexFormat.of().formatHex(sha256));
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("this side dials");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("this side dials");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this side dials");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
