package io.flame4j.backend;

import java.util.Objects;
import javax.net.ssl.SSLContext;

/**
 * Whether what parent and runners say to each other over TCP is encrypted, and how a runner knows its parent. It is
 * always TLS 1.3; a runner is told the SHA-256 of the parent's certificate when it is started, and talks to nobody who
 * shows another one. Host names, authorities and dates are not looked at.
 *
 * @since 0.1
 */
public sealed interface Tls {

    /** In the clear, for connections that do not leave the machine. */
    record None() implements Tls {}

    /** With a key and a certificate that this JVM makes for itself, once, and forgets when it ends. */
    record Ephemeral() implements Tls {}

    /**
     * With a certificate of the user's.
     *
     * @param context the server side: its key, and the cipher suites that it enables
     */
    record Custom(SSLContext context) implements Tls {

        /** Checks. */
        public Custom {
            Objects.requireNonNull(context, "context");
        }
    }

    /**
     * No TLS.
     *
     * @return the setting
     */
    static Tls none() {
        return new None();
    }

    /**
     * TLS with an ephemeral EC P-256 key and a self-signed certificate. The JDK's keytool makes them, which takes about a
     * second; it is started in the background when the first pool that needs them is built, and the first runner waits
     * for it. It is run by the {@code java} launcher in {@code java.home}; a runtime image without one (jlink with
     * {@code --strip-native-commands}, jpackage) needs {@link #of(SSLContext)}.
     *
     * @return the setting
     */
    static Tls ephemeral() {
        return new Ephemeral();
    }

    /**
     * TLS with the key of an {@link SSLContext}. Runners need not trust it: they are told the SHA-256 of the certificate
     * that it shows when they are started. So it must go on showing the same one for as long as they live. It must
     * support TLS 1.3.
     *
     * @param context with a key for the server side
     * @return the setting
     */
    static Tls of(SSLContext context) {
        return new Custom(context);
    }
}
