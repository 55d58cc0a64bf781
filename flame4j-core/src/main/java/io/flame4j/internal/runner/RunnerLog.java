package io.flame4j.internal.runner;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runner's log. A class of its own, touched only when there is something to say: finding and starting the logging
 * library costs more than all the rest of a runner's boot.
 */
final class RunnerLog {

    static final Logger LOG = LoggerFactory.getLogger("io.flame4j.runner");

    private RunnerLog() {}
}
