package io.flame4j.internal.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of this library, written into a resource by the build. */
public final class Versions {

    /** Such as {@code 0.1.0-SNAPSHOT}. */
    public static final String FLAME4J = read();

    private Versions() {}

    private static String read() {
        try (InputStream in = Versions.class.getResourceAsStream("version.txt")) {
            if (in == null) {
                throw new IllegalStateException(
                        "The resource version.txt of flame4j-core is missing: the jar was repackaged without it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
