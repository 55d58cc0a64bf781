package io.flame4j.internal.wire;

import org.jspecify.annotations.Nullable;

/** How a runner knows the parent that it dials over TLS; part of its ticket. */
public sealed interface ParentTls {

    /**
     * By its certificate.
     *
     * @param sha256 of the certificate's encoding
     */
    record Pinned(byte[] sha256) implements ParentTls {

        private static final int SHA256_LENGTH = 32;

        /** Checks. */
        public Pinned {
            if (sha256.length != SHA256_LENGTH) {
                throw new IllegalArgumentException("a certificate's SHA-256 has " + SHA256_LENGTH + " bytes");
            }
            sha256 = sha256.clone();
        }

        @Override
        public byte[] sha256() {
            return sha256.clone();
        }
    }

    /**
     * By authority, and perhaps by name; the runner shows a certificate too.
     *
     * @param directory of the files of {@link FileTls}
     * @param parentName what the parent's certificate must be called, or null
     */
    record Files(String directory, @Nullable String parentName) implements ParentTls {}
}
