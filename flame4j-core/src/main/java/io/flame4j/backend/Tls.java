package io.flame4j.backend;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Whether what parent and runners say to each other over TCP is encrypted, and how a runner knows its parent. It is
 * always TLS 1.3. But for {@link #mutual}, a runner is told the SHA-256 of the parent's certificate when it is started, and
 * talks to nobody who shows another one; host names, authorities and dates are not looked at.
 *
 * @since 0.1
 */
public sealed interface Tls {

    /** In the clear, for connections that do not leave the machine. */
    record None() implements Tls {}

    /** All kinds but {@link None}. */
    sealed interface Encrypted extends Tls {

        /**
         * What is spoken of all that could be.
         *
         * @return the limits
         */
        TlsLimits limits();

        /**
         * The same with only these protocols allowed.
         *
         * @param protocols as the JDK names them; today {@code TLSv1.3} is the only one that is accepted
         * @return the changed setting
         * @throws IllegalArgumentException when there is none, or one that is not accepted; the message has the reason
         */
        Encrypted protocols(String... protocols);

        /**
         * The same with only these cipher suites allowed.
         *
         * @param ciphers suites of TLS 1.3 as the JDK names them, the preferred one first, such as
         *     {@code TLS_AES_256_GCM_SHA384}
         * @return the changed setting
         * @throws IllegalArgumentException when there is none, or one that this JDK does not have; the message lists those
         *     that it has
         */
        Encrypted ciphers(String... ciphers);
    }

    /**
     * With a key and a certificate that this JVM makes for itself, once, and forgets when it ends.
     *
     * @param limits what is spoken of all that could be
     */
    record Ephemeral(TlsLimits limits) implements Encrypted {

        /** Checks. */
        public Ephemeral {
            Objects.requireNonNull(limits, "limits");
        }

        @Override
        public Ephemeral protocols(String... protocols) {
            return new Ephemeral(limits.withProtocols(protocols));
        }

        @Override
        public Ephemeral ciphers(String... ciphers) {
            return new Ephemeral(limits.withCiphers(ciphers));
        }
    }

    /**
     * With a certificate of the user's.
     *
     * @param context the server side: its key, and the cipher suites that it enables
     * @param limits what is spoken of all that could be
     */
    record Custom(SSLContext context, TlsLimits limits) implements Encrypted {

        /** Checks. */
        public Custom {
            Objects.requireNonNull(context, "context");
            Objects.requireNonNull(limits, "limits");
        }

        @Override
        public Custom protocols(String... protocols) {
            return new Custom(context, limits.withProtocols(protocols));
        }

        @Override
        public Custom ciphers(String... ciphers) {
            return new Custom(context, limits.withCiphers(ciphers));
        }
    }

    /**
     * With certificates of the user's for both sides, in files.
     *
     * @param directory where they are, an absolute path, the same for parent and runners
     * @param parentName what the parent's certificate must be called; empty when any of a known authority will do
     * @param runnerName what a runner's certificate must be called; empty when any of a known authority will do
     * @param limits what is spoken of all that could be
     */
    record Mutual(Path directory, Optional<String> parentName, Optional<String> runnerName, TlsLimits limits)
            implements Encrypted {

        /** Checks. */
        public Mutual {
            directory = directory.toAbsolutePath();
            check("parentName", parentName);
            check("runnerName", runnerName);
            Objects.requireNonNull(limits, "limits");
        }

        private static void check(String what, Optional<String> name) {
            if (name.isPresent() && (name.get().isBlank() || name.get().contains("*"))) {
                throw new IllegalArgumentException(what + " must be one subject alternative name of a certificate as it"
                        + " stands there, without wildcards, but is '" + name.get() + "'.");
            }
        }

        /**
         * The same, but runners talk only to a parent whose certificate has this name.
         *
         * @param name a subject alternative name: of a host, an address, or a URI; compared as text
         * @return the changed setting
         */
        public Mutual parentName(String name) {
            return new Mutual(directory, Optional.of(name), runnerName, limits);
        }

        /**
         * The same, but only runners whose certificate has this name are let in.
         *
         * @param name a subject alternative name: of a host, an address, or a URI; compared as text
         * @return the changed setting
         */
        public Mutual runnerName(String name) {
            return new Mutual(directory, parentName, Optional.of(name), limits);
        }

        @Override
        public Mutual protocols(String... protocols) {
            return new Mutual(directory, parentName, runnerName, limits.withProtocols(protocols));
        }

        @Override
        public Mutual ciphers(String... ciphers) {
            return new Mutual(directory, parentName, runnerName, limits.withCiphers(ciphers));
        }
    }

    /**
     * No TLS. Where runners come from other machines, a warning is logged when the first pool listens.
     *
     * @return the setting
     */
    static None none() {
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
    static Ephemeral ephemeral() {
        return new Ephemeral(TlsLimits.none());
    }

    /**
     * TLS with the key of an {@link SSLContext}. Runners need not trust it: each is told the SHA-256 of the certificate
     * that the context shows at the time when the runner is started. It must support TLS 1.3.
     *
     * <p>The context may come to show another certificate. Runners that are started from then on know that one. A runner
     * that lives keeps its connections; when it has to open another one and is shown a certificate that it does not know,
     * it takes no more calls, finishes those that run, and ends, and the pool starts another one in its place.
     *
     * @param context with a key for the server side
     * @return the setting
     */
    static Custom of(SSLContext context) {
        return new Custom(context, TlsLimits.none());
    }

    /**
     * TLS in which both sides show certificates of yours (mutual TLS), from files with the names that a Secret of type
     * {@code kubernetes.io/tls} has: {@code tls.crt}, the certificate and what leads from it to its authority; {@code
     * tls.key}, its key in PKCS#8; {@code ca.crt}, the authorities that the other side's certificate must be of. All are
     * PEM. Runners read the same directory; in a cluster they inherit the mounted Secret. Authorities, dates and purposes
     * ({@code serverAuth} for the parent, {@code clientAuth} for runners, when a certificate names any) are checked; names
     * only when they are given with {@link Mutual#parentName(String)} and {@link Mutual#runnerName(String)}. The runner's
     * token is needed nevertheless.
     *
     * <p>The files may be replaced while calls run. They are read again, by the parent before it starts a runner and
     * within some seconds of a connection, by runners before they dial. Open connections stay. While files are bad, those before
     * stay in force, and a warning says why. To change the authority, let {@code ca.crt} hold the old and the new one until
     * every certificate is of the new one.
     *
     * @param directory where the files are; a relative path is taken from the working directory of this JVM
     * @return the setting. A pool that is built with it throws a {@link io.flame4j.FlameException} when files are missing
     *     or make no sense
     */
    static Mutual mutual(Path directory) {
        return new Mutual(directory, Optional.empty(), Optional.empty(), TlsLimits.none());
    }
}
