package io.flame4j.internal.link;

import io.flame4j.Refusal;
import java.io.IOException;

/** A connection is refused; the message is for the log. */
final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Refusal kind;

    RefusedException(Refusal kind, String message) {
        super(message);
        this.kind = kind;
    }

    RefusedException(Refusal kind, IOException cause) {
        super(cause.getMessage(), cause);
        this.kind = kind;
    }

    Refusal kind() {
        return kind;
    }
}
