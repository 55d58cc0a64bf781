package io.flame4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.benchmarks.Figures.Goal;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goes through all of the harness, so that it cannot rot. How fast anything was is not looked at. */
class HarnessTest {

    private static final Set<String> NAMES =
            Set.of("latency", "throughput", "payload", "cold-start", "scheduler", "allocation", "strangers");

    private Set<Long> childrenBefore = Set.of();

    @BeforeEach
    void noteChildren() {
        childrenBefore = children();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        Set<Long> left = children();
        left.removeAll(childrenBefore);
        assertThat(left).as("processes left behind").isEmpty();
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    @Test
    void everyMeasureGivesFigures() throws Exception {
        Figures figures = Main.measure(Options.parse(List.of("--mini"), NAMES));

        assertThat(figures.all().keySet().stream().map(Figures.Key::group).collect(Collectors.toSet()))
                .isEqualTo(NAMES);
        figures.all().forEach((key, series) -> {
            assertThat(series.rounds()).as("%s", key).hasSize(1);
            assertThat(series.median()).as("%s", key).isNotNaN().isNotNegative();
        });
        for (String contender : List.of("raw-tcp", "raw-unix", "sock-tcp", "sock-unix", "flame-tcp", "flame-unix")) {
            assertThat(figures.all()).containsKey(new Figures.Key("latency", "p50", contender));
        }
        Report report = new Report(figures);
        assertThat(report.markdown()).contains("| flame-unix | ", "× raw-tcp", "≤ 1.6");
        assertThat(report.json()).startsWith("{").contains("\"contender\": \"flame-tcp\"", "\"ratio\": ");
    }

    @Test
    void aRatioIsTheMedianOfTheRatiosOfEachRound() {
        Figures figures = new Figures();
        double[][] rounds = {{10, 20}, {30, 30}, {10, 40}};
        for (double[] round : rounds) {
            figures.add("group", "metric", "limit", "µs", round[0]);
            figures.add("group", "metric", "own", "µs", round[1]);
        }
        figures.compare("group", "metric", "own", "limit", Goal.atMost(1.5));

        assertThat(figures.perRound(figures.ratio(new Figures.Key("group", "metric", "own"))))
                .containsExactly(2.0, 1.0, 4.0);
        assertThat(new Report(figures).markdown()).contains("| own | 30.0 | µs | 2.00 × limit | ≤ 1.5 **missed** |");
    }

    @Test
    void percentilesAreSamples() {
        Samples samples = new Samples(new long[] {4_000, 1_000, 3_000, 2_000});

        assertThat(samples.micros(0.5)).isEqualTo(2.0);
        assertThat(samples.micros(0.99)).isEqualTo(4.0);
    }

    @Test
    void wrongArgumentsAreRefused() {
        for (List<String> wrong : List.of(
                List.of("--rounds", "0"), List.of("--only", "nothing"), List.of("--json"), List.of("whatever"))) {
            assertThatThrownBy(() -> Options.parse(wrong, NAMES)).isInstanceOf(Options.UsageException.class);
        }
    }
}
