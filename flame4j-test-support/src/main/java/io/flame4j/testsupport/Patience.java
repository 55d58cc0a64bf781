package io.flame4j.testsupport;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Sets how long Awaitility waits where a test does not say it, before any test runs. JUnit finds this on the class path. A
 * busy machine can stand still for longer than Awaitility's own 10 s, and a condition that is met costs no time. A test that
 * waits for something not to happen has to say for how long.
 */
public final class Patience implements LauncherSessionListener {

    /** Shorter than the time that a test has, so that the condition is named that was not met. */
    static final Duration DEFAULT = Duration.ofSeconds(60);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(DEFAULT);
    }
}
