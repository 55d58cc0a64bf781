package io.flame4j.internal.wire;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name that the certificate of the other side must have among its subject alternative names: of a host, an address, or a
 * URI such as a SPIFFE id. Compared as text, without wildcards.
 *
 * @param name the name; null when any certificate of a known authority will do
 */
public record PeerName(@Nullable String name) {

    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int ADDRESS = 7;

    /** Throws when the name is not there. */
    public void check(X509Certificate certificate) throws CertificateException {
        if (name == null) {
            return;
        }
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        List<String> shown = new ArrayList<>();
        if (alternatives != null) {
            for (List<?> alternative : alternatives) {
                int kind = (Integer) alternative.get(0);
                if ((kind == DNS || kind == URI || kind == ADDRESS) && alternative.get(1) instanceof String text) {
                    if (kind == URI ? text.equals(name) : text.equalsIgnoreCase(name)) {
                        return;
                    }
                    shown.add(text);
                }
            }
        }
        throw new CertificateException("the certificate of the other side has the subject alternative names " + shown
                + ", of which none is " + name);
    }
}
