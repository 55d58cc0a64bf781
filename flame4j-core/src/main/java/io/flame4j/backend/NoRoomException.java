package io.flame4j.backend;

/**
 * The room that {@link Backend#awaitRoom()} has found was gone when {@link Backend#start} came to use it. Nothing was
 * started. The pool waits for room again; no time that this takes counts as a part of the boot.
 *
 * @since 0.1
 */
public class NoRoomException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what was in the way
     */
    public NoRoomException(String message) {
        super(message);
    }
}
