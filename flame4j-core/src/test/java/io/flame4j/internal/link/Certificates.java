package io.flame4j.internal.link;

import javax.net.ssl.SSLContext;

/** A certificate as parents make them, for tests of other packages. */
public final class Certificates {

    private static final TlsIdentity IDENTITY = make();

    private Certificates() {}

    private static TlsIdentity make() {
        try {
            return EphemeralCertificate.make();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static SSLContext context() {
        return IDENTITY.context();
    }

    public static byte[] sha256() {
        return IDENTITY.sha256();
    }
}
