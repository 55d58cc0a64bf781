package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A refusal, as the API server words it. */
public final class StatusException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    public StatusException(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    static StatusException notFound(ApiPath path) {
        return new StatusException(404, "NotFound", path.qualifiedResource() + " \"" + path.name() + "\" not found");
    }

    static StatusException badRequest(String message) {
        return new StatusException(400, "BadRequest", message);
    }

    static StatusException conflict(ApiPath path, String why) {
        return new StatusException(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + path.qualifiedResource() + " \"" + path.name() + "\": " + why);
    }

    public int code() {
        return code;
    }

    public ObjectNode body() {
        return status(code, reason, String.valueOf(getMessage()));
    }

    /**
     * A {@code Status} that tells of a failure.
     *
     * @param code the HTTP status
     * @param reason one word for programs
     * @param message a sentence for people
     * @return the object
     */
    public static ObjectNode status(int code, String reason, String message) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
        return status.put("status", "Failure")
                .put("message", message)
                .put("reason", reason)
                .put("code", code);
    }

    /**
     * The reason that goes with an HTTP status.
     *
     * @param code the HTTP status
     * @return one word
     */
    public static String reasonOf(int code) {
        return switch (code) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 409 -> "Conflict";
            case 410 -> "Expired";
            case 422 -> "Invalid";
            case 429 -> "TooManyRequests";
            case 500 -> "InternalError";
            case 503 -> "ServiceUnavailable";
            case 504 -> "Timeout";
            default -> "Unknown";
        };
    }
}
