package io.flame4j.dashboard.internal.state;

import io.flame4j.FlameException;

/** Failures in words. */
final class Texts {

    private Texts() {}

    /** The message; with the type before it, unless it is one of flame4j's, whose messages say what they are. */
    static String of(Throwable failure) {
        String message = failure.getMessage();
        String type = failure.getClass().getSimpleName();
        if (message == null || message.isBlank()) {
            return failure.getClass().getName();
        }
        return failure instanceof FlameException || type.isEmpty() ? message : type + ": " + message;
    }
}
