package io.flame4j.internal.runner;

import io.flame4j.internal.wire.ControlFrame;

/**
 * What a runner has once its parent has welcomed it.
 *
 * @param link the control connection
 * @param terms what the parent asks for
 */
record Session(ControlLink link, ControlFrame.Welcome terms) {}
