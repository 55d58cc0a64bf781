package io.flame4j.kubernetes.internal.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the API server answered.
 *
 * @param code the HTTP status
 * @param body the text
 * @param retryAfter when it wants to be asked again at the earliest; null when it does not say
 */
record ApiAnswer(int code, String body, @Nullable Duration retryAfter) {

    boolean isSuccess() {
        return code >= 200 && code < 300;
    }

    @Override
    public String toString() {
        return "answer " + code + " of " + body.length() + " characters";
    }
}
