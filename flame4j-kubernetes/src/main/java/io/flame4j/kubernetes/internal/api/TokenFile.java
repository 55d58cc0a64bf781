package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of a service account in a file, which the kubelet replaces before the token expires. The file is looked at for
 * each request and read when it has changed. While it cannot be read, the last token stays in use. Thread-safe.
 */
final class TokenFile implements OAuthTokenProvider {

    private static final Logger LOG = LoggerFactory.getLogger(PodApi.class);

    private final Path file;
    private volatile @Nullable Read last;

    private record Read(String token, Object stamp) {
        @Override
        public String toString() {
            return "token of " + stamp;
        }
    }

    TokenFile(Path file) {
        this.file = file;
    }

    @Override
    public @Nullable String getToken() {
        Read known = last;
        try {
            // The kubelet makes the path lead to another file, so that two writes within a tick do not look alike.
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Object stamp = attributes.fileKey() + " " + attributes.lastModifiedTime() + " " + attributes.size();
            if (known == null || !known.stamp().equals(stamp)) {
                String token = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
                if (!token.isEmpty()) {
                    known = new Read(token, stamp);
                    last = known;
                }
            }
        } catch (IOException e) {
            LOG.debug("The token file {} cannot be read: {}", file, e.toString());
        }
        return known == null ? null : known.token();
    }

    @Override
    public String toString() {
        return "token in " + file;
    }
}
