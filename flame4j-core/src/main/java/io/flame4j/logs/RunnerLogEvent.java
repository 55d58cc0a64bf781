package io.flame4j.logs;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One line of a runner's log, or several. Texts that are too long are cut when it is sent.
 *
 * @param level its level; one that SLF4J does not have is given as the nearest
 * @param logger the logger's name
 * @param thread the name of the thread that logged it
 * @param message the message with its arguments filled in
 * @param trace the stack trace of what was logged with it, as text, or null
 * @param mdc the MDC of that thread
 * @since 0.1
 */
public record RunnerLogEvent(
        Level level,
        String logger,
        String thread,
        String message,
        @Nullable String trace,
        Map<String, String> mdc) {

    /** Copies the map. */
    public RunnerLogEvent {
        mdc = Map.copyOf(mdc);
    }
}
