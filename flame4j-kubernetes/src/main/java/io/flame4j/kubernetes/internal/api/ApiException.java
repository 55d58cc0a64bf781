package io.flame4j.kubernetes.internal.api;

import org.jspecify.annotations.Nullable;

/**
 * A call to the API server that did not succeed. The message is whole sentences: what was asked for, of which namespace, by
 * whom, why it failed and what mends it. It never contains what was sent, since that may hold secrets.
 */
public final class ApiException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** The caller may not do this. */
        DENIED,
        /** The API server does not know the caller: the token is missing, expired or revoked. */
        UNAUTHENTICATED,
        /** A resource quota is used up, or not counted yet, and was for as long as the caller was ready to wait. */
        QUOTA,
        /** The object was refused: invalid, or against an admission policy such as Pod Security. */
        REFUSED,
        /** What was asked for, or the namespace, does not exist. */
        NOT_FOUND,
        /** The API server could not be reached, or had no time, for as long as the caller was ready to wait. */
        UNAVAILABLE
    }

    private final Kind kind;
    private final boolean permanent;

    ApiException(Kind kind, boolean permanent, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.permanent = permanent;
    }

    /** The same with the stack of who calls this, for one that was made by another thread. */
    public ApiException copy() {
        return new ApiException(kind, permanent, String.valueOf(getMessage()), getCause());
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** Whether trying again cannot help until somebody changes something. */
    public boolean isPermanent() {
        return permanent;
    }
}
