package io.flame4j.internal.pool;

import io.flame4j.MapOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener of a map how far it is. */
final class MapProgress {

    private static final Logger LOG = LoggerFactory.getLogger(MapProgress.class);

    private MapProgress() {}

    /** What the listener throws is logged: it must not be taken for a failure of the calls. */
    static void tell(String pool, MapOptions options, long completed) {
        options.onCompleted().ifPresent(listener -> {
            try {
                listener.accept(completed);
            } catch (RuntimeException e) {
                LOG.error("Pool '{}': the progress listener of a map failed", pool, e);
            }
        });
    }
}
