package io.flame4j.backend;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Which protocols and cipher suites of TLS the parent speaks, of those that it could. The parent chooses, so that a runner
 * needs no setting of its own. Immutable.
 *
 * @param protocols the allowed ones; empty for the default, TLS 1.3
 * @param ciphers the allowed ones, the preferred one first; empty for all of TLS 1.3 that are enabled
 * @since 0.1
 */
public record TlsLimits(List<String> protocols, List<String> ciphers) {

    private static final List<String> PROTOCOLS = List.of("TLSv1.3");
    private static final TlsLimits NONE = new TlsLimits(List.of(), List.of());

    /**
     * Checks.
     *
     * @throws IllegalArgumentException when one of the names is not accepted
     */
    public TlsLimits {
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        for (String protocol : protocols) {
            if (!PROTOCOLS.contains(protocol)) {
                throw new IllegalArgumentException(
                        "The TLS protocol '" + protocol + "' is not spoken between parent and"
                                + " runners, but " + PROTOCOLS
                                + ": the versions before have weaker handshakes, and both ends are"
                                + " flame4j's, so that nobody needs them.");
            }
        }
        if (!ciphers.isEmpty()) {
            checkCiphers(ciphers);
        }
    }

    /**
     * No limits but those of flame4j: TLS 1.3, and what the JDK enables for it.
     *
     * @return the limits
     */
    public static TlsLimits none() {
        return NONE;
    }

    TlsLimits withProtocols(String... names) {
        return new TlsLimits(some("protocols", names), ciphers);
    }

    TlsLimits withCiphers(String... names) {
        return new TlsLimits(protocols, some("ciphers", names));
    }

    private static List<String> some(String what, String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException(
                    "No " + what + " are given, so that nothing could be spoken. Leave the call" + " of " + what
                            + "(…) out to allow the default.");
        }
        return List.of(names);
    }

    private static void checkCiphers(List<String> names) {
        List<String> known = knownCiphers();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "The cipher suite '" + name + "' is not one of TLS 1.3 that this Java" + " supports: " + known);
            }
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("A cipher suite is given twice: " + names);
        }
    }

    /** Those of TLS 1.3; the names of others say which key agreement they go with. */
    private static List<String> knownCiphers() {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOLS.get(0));
            context.init(null, new TrustManager[0], null);
            return Arrays.stream(context.getSupportedSSLParameters().getCipherSuites())
                    .filter(name -> name.startsWith("TLS_") && !name.contains("_WITH_") && !name.endsWith("_SCSV"))
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot do TLS 1.3: " + e.getMessage(), e);
        }
    }
}
