package io.flame4j.kubernetes.internal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.internal.doctor.TrialLog.Step;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrialLogTest {

    private final AtomicLong clock = new AtomicLong(TimeUnit.HOURS.toNanos(1));
    private final TrialLog log = new TrialLog(clock::get);

    @Test
    void all_steps_with_their_times() {
        log.begin();
        at(10).changed(pod("", false));
        at(15).changed(pod("n1", false));
        at(500).changed(pod("n1", true));
        at(600).changed(pod("n1", true));
        at(1000).reached(Step.CALLED, "Java 17");
        log.reachedAfter(Duration.ofMillis(950), Step.CONNECTED);
        log.closing();
        at(1100).gone(pod("n1", true));

        assertThat(lines(log.findings(null, "")))
                .containsExactly(
                        "✓ Pod created: after 10 ms, web-flame-1",
                        "✓ Scheduled: after 15 ms, to node n1",
                        "✓ Started: after 500 ms",
                        "✓ Connected: after 950 ms",
                        "✓ First call: after 1000 ms, Java 17");
        assertThat(line(log.removal("shop"))).isEqualTo("✓ Removed: 100 ms after the pool was told to close");
    }

    @Test
    void the_first_step_that_is_missing_is_bad() {
        at(10).changed(pod("n1", false));

        List<Finding> findings = log.findings("the image is gone", "push it");

        assertThat(lines(findings))
                .containsExactly(
                        "✓ Pod created: after 10 ms, web-flame-1",
                        "✓ Scheduled: after 10 ms, to node n1",
                        "✗ Started: the image is gone",
                        "– Connected: not reached",
                        "– First call: not reached");
        assertThat(findings.get(2).remedy()).isEqualTo("push it");
    }

    @Test
    void step_that_went_by_unseen_is_not_bad() {
        at(10).changed(pod("", false));
        log.reachedAfter(Duration.ofMillis(20), Step.CONNECTED);

        assertThat(lines(log.findings("the runner crashed", "")))
                .containsExactly(
                        "✓ Pod created: after 10 ms, web-flame-1",
                        "– Scheduled: not seen",
                        "– Started: not seen",
                        "✓ Connected: after 20 ms",
                        "✗ First call: the runner crashed");
    }

    @Test
    void pod_that_stays() throws Exception {
        at(0).changed(pod("", false));
        log.closing();
        at(60_000);

        assertThat(log.awaitGone(Duration.ZERO)).isFalse();
        assertThat(line(log.removal("shop"))).isEqualTo("✗ Removed: pod web-flame-1 is still there after 60 s");
        assertThat(log.removal("shop").remedy()).isEqualTo("kubectl delete pod web-flame-1 -n shop");
    }

    @Test
    void a_step_is_seen_when_the_feed_tells_of_it() throws Exception {
        log.reached(Step.STARTED, "known otherwise");
        at(0).changed(pod("n1", false));

        assertThat(log.awaitSeen(Step.CREATED, Duration.ZERO)).isTrue();
        assertThat(log.awaitSeen(Step.SCHEDULED, Duration.ZERO)).isTrue();
        assertThat(log.awaitSeen(Step.STARTED, Duration.ZERO)).isFalse();
        log.gone(pod("n1", false));
        assertThat(log.awaitSeen(Step.STARTED, Duration.ZERO))
                .as("nothing more can come")
                .isTrue();
    }

    @Test
    void no_pod() {
        assertThat(line(log.removal("shop"))).isEqualTo("– Removed: no pod was seen");
        assertThat(lines(log.findings("denied", "")).get(0)).isEqualTo("✗ Pod created: denied");
    }

    private TrialLog at(long millis) {
        clock.set(TimeUnit.HOURS.toNanos(1) + TimeUnit.MILLISECONDS.toNanos(millis));
        return log;
    }

    private static Pod pod(String node, boolean running) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withName("web-flame-1")
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .endSpec();
        if (running) {
            pod.withNewStatus()
                    .addNewContainerStatus()
                    .withName("runner")
                    .withNewState()
                    .withNewRunning()
                    .endRunning()
                    .endState()
                    .endContainerStatus()
                    .endStatus();
        }
        return pod.build();
    }

    private static List<String> lines(List<Finding> findings) {
        return findings.stream().map(TrialLogTest::line).toList();
    }

    private static String line(Finding finding) {
        return finding.outcome().sign() + " " + finding.check() + ": " + finding.details();
    }
}
