package io.flame4j.examples.thumbnails;

/**
 * A file is not a picture, is damaged, or is too large. Thrown on a runner and caught in the parent as what it is: the
 * type and its fields travel.
 */
public final class BadPictureException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Work work;

    BadPictureException(String message, Work work, Throwable cause) {
        super(message, cause);
        this.work = work;
    }

    /** Where and when this was found out. */
    Work work() {
        return work;
    }
}
