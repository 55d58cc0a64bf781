package io.flame4j.backend;

/** Placeholder until the backends land. */
public abstract class LocalBackend implements Backend {
    public static Backend create() {
        throw new UnsupportedOperationException("not yet");
    }
}
