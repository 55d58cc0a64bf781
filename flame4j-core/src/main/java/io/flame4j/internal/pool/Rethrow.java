package io.flame4j.internal.pool;

/** Throws what a task threw as what it is; that the compiler believes it is up to the signature of the caller. */
final class Rethrow {

    private Rethrow() {}

    @SuppressWarnings("TypeParameterUnusedInFormals")
    static RuntimeException asIs(Throwable failure) {
        return Rethrow.<RuntimeException>unchecked(failure);
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X unchecked(Throwable failure) throws X {
        throw (X) failure;
    }
}
