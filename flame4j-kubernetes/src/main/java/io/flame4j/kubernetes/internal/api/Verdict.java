package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.Status;
import io.flame4j.kubernetes.internal.api.ApiException.Kind;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What to make of a call that did not succeed. Pure.
 *
 * @param kind what went wrong
 * @param cause which of the known reasons
 * @param retry whether to try again
 * @param retryAfter when the server wants to be asked again at the earliest; null when it does not say
 * @param perhapsDone whether the server may have carried out the call nevertheless
 * @param said what the server said, or what happened to the connection; as it is, so that it may repeat what was sent
 */
record Verdict(
        Kind kind, Cause cause, Retry retry, @Nullable Duration retryAfter, boolean perhapsDone, String said) {

    /** Whether to try again. */
    enum Retry {
        /** It can go through any time. */
        SOON,
        /** It can go through when others have made room. */
        SLOWLY,
        /** Once or twice: credentials may be on their way. */
        BRIEFLY,
        /** For some seconds: it was allowed before, or the server was away, and one that is starting does not know its roles yet. */
        FOR_A_WHILE,
        /** It will not go through until somebody changes something. */
        NEVER
    }

    /** The reasons that have messages of their own. */
    enum Cause {
        UNREACHABLE,
        THROTTLED,
        SERVER_FAULT,
        BROKEN_WEBHOOK,
        CONFLICT,
        EXISTS,
        FULL_QUOTA,
        NEW_QUOTA,
        QUOTA_WANTS_RESOURCES,
        POD_SECURITY,
        WEBHOOK,
        POLICY,
        LIMIT_RANGE,
        NO_SERVICE_ACCOUNT,
        NAMESPACE_ENDS,
        NO_NAMESPACE,
        NOT_FOUND,
        INVALID,
        ADMISSION,
        RBAC,
        UNAUTHENTICATED,
        OTHER
    }

    /** The same in other words of the server's. */
    Verdict saying(String words) {
        return new Verdict(kind, cause, retry, retryAfter, perhapsDone, words);
    }

    /** Does not show what the server said, since that may repeat what was sent. */
    @Override
    public String toString() {
        return "Verdict[" + kind + ", " + cause + ", " + retry + "]";
    }

    boolean isPermanent() {
        return retry == Retry.NEVER || retry == Retry.BRIEFLY || retry == Retry.FOR_A_WHILE;
    }

    /** Whether it says that the caller may not do this. */
    boolean isAboutRights() {
        return kind == Kind.DENIED || kind == Kind.UNAUTHENTICATED;
    }

    /** The same about something that was allowed before. */
    Verdict doubtful() {
        return new Verdict(kind, cause, Retry.FOR_A_WHILE, retryAfter, perhapsDone, said);
    }

    /** Whether there was no answer in time. */
    static boolean isTimeout(Throwable failure) {
        return causeOf(failure) instanceof HttpTimeoutException;
    }

    private static Throwable causeOf(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    static Verdict ofFailure(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (cause instanceof RuntimeException && !neverConnected(cause)) {
            return new Verdict(Kind.UNAVAILABLE, Cause.OTHER, Retry.NEVER, null, false, cause.toString());
        }
        String said = describe(cause);
        return new Verdict(Kind.UNAVAILABLE, Cause.UNREACHABLE, Retry.SOON, null, !neverConnected(cause), said);
    }

    private static String describe(Throwable cause) {
        String name = cause.getClass().getSimpleName();
        if (cause.getMessage() == null) {
            // The JDK's client does not say more.
            return cause instanceof ConnectException ? "connection refused" : name;
        }
        return name.equals("IOException") ? String.valueOf(cause.getMessage()) : name + ": " + cause.getMessage();
    }

    /** Whether nothing can have been sent. */
    private static boolean neverConnected(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof HttpConnectTimeoutException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof UnresolvedAddressException
                    || cause instanceof SSLHandshakeException) {
                return true;
            }
        }
        return false;
    }

    /**
     * What to make of an answer.
     *
     * @param status what its body says; null when it is not one of Kubernetes
     */
    static Verdict ofAnswer(ApiAnswer answer, @Nullable Status status) {
        String said = said(answer, status);
        Cause cause = cause(answer.code(), said, status);
        Kind kind = kind(cause);
        return new Verdict(kind, cause, retry(cause), retryAfter(answer, status), perhapsDone(cause), said);
    }

    private static @Nullable Duration retryAfter(ApiAnswer answer, @Nullable Status status) {
        if (answer.retryAfter() != null || status == null || status.getDetails() == null) {
            return answer.retryAfter();
        }
        Integer seconds = status.getDetails().getRetryAfterSeconds();
        return seconds == null || seconds <= 0 ? null : Duration.ofSeconds(seconds);
    }

    private static Cause cause(int code, String said, @Nullable Status status) {
        if (said.contains("failed calling webhook") || said.contains("failed to call webhook")) {
            return Cause.BROKEN_WEBHOOK;
        }
        if (said.contains("admission webhook") && said.contains("denied the request")) {
            return Cause.WEBHOOK;
        }
        return switch (code) {
            case 401 -> Cause.UNAUTHENTICATED;
            case 403 -> forbidden(said, status);
            case 404 -> isAboutNamespace(status) ? Cause.NO_NAMESPACE : Cause.NOT_FOUND;
            case 409 -> reason(status).equals("AlreadyExists") ? Cause.EXISTS : Cause.CONFLICT;
            case 429 -> Cause.THROTTLED;
            case 400, 405, 406, 413, 415, 422 -> Cause.INVALID;
            default -> code >= 500 ? Cause.SERVER_FAULT : Cause.OTHER;
        };
    }

    private static Cause forbidden(String said, @Nullable Status status) {
        if (said.contains("exceeded quota")) {
            return Cause.FULL_QUOTA;
        }
        if (said.contains("status unknown for quota")) {
            return Cause.NEW_QUOTA;
        }
        if (said.contains("failed quota")) {
            return Cause.QUOTA_WANTS_RESOURCES;
        }
        if (said.contains("violates PodSecurity")) {
            return Cause.POD_SECURITY;
        }
        if (said.contains("ValidatingAdmissionPolicy")) {
            return Cause.POLICY;
        }
        if (said.contains("because it is being terminated")) {
            return Cause.NAMESPACE_ENDS;
        }
        if (said.contains("error looking up service account")) {
            return Cause.NO_SERVICE_ACCOUNT;
        }
        if (said.matches("(?s).*(minimum|maximum) \\S+ usage per (Container|Pod).*")
                || said.contains("limit to request ratio")) {
            return Cause.LIMIT_RANGE;
        }
        // Admission names the object that it refuses; an authorizer says who may not do what.
        boolean admission = status != null && said.contains("\" is forbidden: ") && !said.contains("\" cannot ");
        return admission ? Cause.ADMISSION : Cause.RBAC;
    }

    private static boolean isAboutNamespace(@Nullable Status status) {
        return status != null
                && status.getDetails() != null
                && "namespaces".equals(status.getDetails().getKind());
    }

    private static String reason(@Nullable Status status) {
        return status == null ? "" : Objects.requireNonNullElse(status.getReason(), "");
    }

    private static Kind kind(Cause cause) {
        return switch (cause) {
            case UNREACHABLE, THROTTLED, SERVER_FAULT, BROKEN_WEBHOOK, CONFLICT, EXISTS, OTHER -> Kind.UNAVAILABLE;
            case FULL_QUOTA, NEW_QUOTA -> Kind.QUOTA;
            case NO_NAMESPACE, NOT_FOUND -> Kind.NOT_FOUND;
            case RBAC -> Kind.DENIED;
            case UNAUTHENTICATED -> Kind.UNAUTHENTICATED;
            case QUOTA_WANTS_RESOURCES,
                    POD_SECURITY,
                    WEBHOOK,
                    POLICY,
                    LIMIT_RANGE,
                    NO_SERVICE_ACCOUNT,
                    NAMESPACE_ENDS,
                    INVALID,
                    ADMISSION -> Kind.REFUSED;
        };
    }

    private static Retry retry(Cause cause) {
        return switch (cause) {
            case FULL_QUOTA, NEW_QUOTA -> Retry.SLOWLY;
            case UNAUTHENTICATED -> Retry.BRIEFLY;
            default -> kind(cause) == Kind.UNAVAILABLE ? Retry.SOON : Retry.NEVER;
        };
    }

    private static boolean perhapsDone(Cause cause) {
        // A webhook is asked before anything is stored. What else goes wrong in a server may go wrong after that.
        return cause == Cause.SERVER_FAULT || cause == Cause.OTHER;
    }

    private static String said(ApiAnswer answer, @Nullable Status status) {
        if (status != null
                && status.getMessage() != null
                && !status.getMessage().isBlank()) {
            return status.getMessage().strip();
        }
        String text = answer.body().strip();
        boolean readable = !text.isEmpty() && !text.startsWith("<") && !text.startsWith("{");
        return readable ? text : "HTTP status " + answer.code();
    }
}
