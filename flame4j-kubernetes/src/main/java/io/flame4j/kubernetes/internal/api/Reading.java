package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Reads what the API server says, as far as it can be read. */
final class Reading {

    private Reading() {}

    /** What it says; null when that is not a {@code type}. The log hears of it, but not of what was read, nor whatever quotes it. */
    static <T> @Nullable T of(KubernetesSerialization serialization, String json, Class<T> type, Logger log) {
        try {
            return serialization.unmarshal(json, type);
        } catch (RuntimeException e) {
            // Its message and its causes may quote what was read, and that may be the token of a runner.
            log.debug(
                    "What should be a {} cannot be read ({})",
                    type.getSimpleName(),
                    e.getClass().getSimpleName());
            return null;
        }
    }
}
