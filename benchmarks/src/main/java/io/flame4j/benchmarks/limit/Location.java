package io.flame4j.benchmarks.limit;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Which jar or folder a class is from. */
public final class Location {

    private Location() {}

    /** Of a class on the class path. */
    public static Path of(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
