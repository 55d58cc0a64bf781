package io.flame4j.soak;

import java.time.Duration;
import java.util.List;

/**
 * What came of a scenario, once.
 *
 * @param injected how often the fault was
 * @param hung callers without an outcome in time
 * @param wrong results that were lost, doubled, or another's
 * @param leaked what was there afterwards and not before
 * @param broken what else should not be: a scenario that could not go on, slots that do not serve, a log that repeats
 *     itself
 * @param detections how long it took until the fault was noticed
 */
record StageResult(
        int injected,
        List<String> hung,
        List<String> wrong,
        List<String> leaked,
        List<String> broken,
        List<Duration> detections) {

    boolean holds() {
        return hung.isEmpty() && wrong.isEmpty() && leaked.isEmpty() && broken.isEmpty();
    }
}
