package io.flame4j.internal.wire;

/** The version of this library. */
public final class Versions {

    /**
     * The version in the POM, which a test compares. A constant, since every runner says it before anything else, and
     * reading a resource from a jar takes milliseconds.
     */
    public static final String FLAME4J = "0.1.0-SNAPSHOT";

    private Versions() {}
}
