package io.flame4j.spring.properties;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tls} of a backend: how what parent and runners say to each other is encrypted.
 *
 * @param mode what kind; default: what the backend does by itself
 * @param directory the folder with the certificates of mode mutual
 * @param parentName the name in the parent's certificate, of mode mutual
 * @param runnerName the name in the certificate of runners, of mode mutual
 * @param bundle the SSL bundle of mode bundle
 * @param protocols the allowed TLS protocols; default: flame4j's
 * @param ciphers the allowed cipher suites; default: flame4j's
 * @since 0.1
 */
public record TlsProperties(
        @Nullable Mode mode,
        @Nullable Path directory,
        @Nullable String parentName,
        @Nullable String runnerName,
        @Nullable String bundle,
        @DefaultValue List<String> protocols,
        @DefaultValue List<String> ciphers) {

    /** Copies. */
    public TlsProperties {
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
    }

    /** Kinds of TLS. */
    public enum Mode {
        /** None. */
        NONE,
        /** A certificate that this JVM makes for itself, and that its runners are told. */
        EPHEMERAL,
        /** Both sides show certificates, from a folder. */
        MUTUAL,
        /** The certificate of an SSL bundle ({@code spring.ssl.bundle}). */
        BUNDLE
    }
}
