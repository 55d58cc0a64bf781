package io.flame4j.internal.wire;

import java.io.IOException;

/** A peer that has not said who it is has sent more than is read of such. */
public final class TooLongException extends IOException {

    private static final long serialVersionUID = 1L;

    public TooLongException(String message) {
        super(message);
    }
}
