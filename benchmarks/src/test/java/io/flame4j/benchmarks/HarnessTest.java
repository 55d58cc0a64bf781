package io.flame4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.benchmarks.limit.Transport;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** Goes through all of the harness, so that it cannot rot. How fast anything was is not looked at. */
class HarnessTest {

    private static final Set<String> NAMES = Set.of(
            "latency",
            "throughput",
            "payload",
            "records",
            "cold-start",
            "scheduler",
            "allocation",
            "strangers",
            "scale");

    private Set<Long> childrenBefore = Set.of();

    @BeforeEach
    void noteChildren() {
        childrenBefore = children();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        ProcessHandle.current()
                .children()
                .filter(child -> !childrenBefore.contains(child.pid()))
                .forEach(child -> assertThat(child.onExit())
                        .as("%s is left behind", child.info())
                        .succeedsWithin(Duration.ofMinutes(1)));
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    @Test
    @Timeout(600)
    void everyMeasureGivesFigures() throws Exception {
        Figures figures = Main.measure(Options.parse(List.of("--mini"), NAMES, false), List.of());

        assertThat(figures.failures()).isEmpty();
        assertThat(figures.all().keySet().stream().map(Figures.Key::group).collect(Collectors.toSet()))
                .isEqualTo(NAMES);
        figures.all().forEach((key, series) -> {
            assertThat(series.rounds()).as("%s", key).hasSize(1);
            assertThat(series.median()).as("%s", key).isFinite();
            // So few runners and inputs are less than what comes and goes in a heap, and outside of it.
            if (!key.metric().contains("heap") && !key.metric().contains("direct memory")) {
                assertThat(series.median()).as("%s", key).isNotNegative();
            }
        });
        for (String contender :
                List.of("raw-tcp", "raw-unix", "raw-tls", "sock-tcp", "flame-tcp", "flame-unix", "flame-tls")) {
            assertThat(figures.all()).containsKey(new Figures.Key("latency", "p50", contender));
        }
        for (String contender : List.of("bare-tcp", "bare-unix", "bare-tls", "flame-unix-no-archive")) {
            assertThat(figures.all()).containsKey(new Figures.Key("cold-start", ColdStart.METRIC, contender));
        }
        Report report = new Report(figures);
        assertThat(report.markdown()).contains("| flame-unix | ", "× raw-tcp", "| ≤ 1.5 | ");
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
        figures.limit("group", "metric", "limit");

        Figures.Key own = new Figures.Key("group", "metric", "own");
        assertThat(figures.perRound(own, "limit")).containsExactly(2.0, 1.0, 4.0);
        assertThat(new Report(figures).markdown()).contains("| own | 30.0 | µs | 2.00 × limit |");
    }

    @Test
    void aTargetIsHeldWhenTheMedianOfTheRatiosReachesIt() {
        Figures figures = new Figures();
        for (double unix : new double[] {9, 11, 9}) {
            figures.add("latency", "one CPU, p50", "raw-tcp", "µs", 10);
            figures.add("latency", "one CPU, p50", "flame-unix", "µs", unix);
            figures.add("latency", "one CPU, p50", "flame-tcp", "µs", 16);
        }

        assertThat(new Report(figures).markdown())
                .contains("| flame-unix | 9.0 µs | 0.90 × raw-tcp | ≤ 1.0 | held |")
                .contains("| flame-tcp | 16.0 µs | 1.60 × raw-tcp | ≤ 1.5 | **not held** |");
    }

    @Test
    void severalRunsAreSetSideBySide() throws Exception {
        Runs runs = new Runs();
        for (double micros : new double[] {14, 16, 15}) {
            Figures figures = new Figures();
            figures.add("latency", "p50", "raw-tcp", "µs", 10);
            figures.add("latency", "p50", "flame-unix", "µs", 9);
            figures.add("latency", "p50", "flame-tcp", "µs", micros);
            if (micros < 15) {
                figures.add("latency", "p50", "flame-tls", "µs", 20);
            }
            runs.add(figures);
        }

        assertThat(runs.markdown())
                .contains("| flame-unix | 9.0 µs | 0.90, 0.90, 0.90 × raw-tcp | ≤ 1.0 | all |")
                .contains("| flame-tcp | 15.0 µs | 1.40, 1.60, 1.50 × raw-tcp | ≤ 1.5 | **2 of 3** |")
                .contains("| flame-tls | 20.0 µs | 2.00, –, – × raw-tcp | ≤ 2.5 | **1 of 3** |");
        Options three = Options.parse(List.of("--runs", "3", "--out", "out"), NAMES, false);
        assertThat(three.ofRun(2).out()).isEqualTo(Path.of("out", "2"));
        assertThat(Options.parse(List.of("--out", "out"), NAMES, false).ofRun(1).out())
                .isEqualTo(Path.of("out"));
    }

    @Test
    @Timeout(600)
    void theGuardSaysWhetherBoundsHold() throws Exception {
        List<String> measured = new ArrayList<>();
        assertThat(Guard.holds(Map.of("records", records(measured, 10)), Effort.MINI))
                .isTrue();
        assertThat(measured).hasSize(1);
        assertThat(Guard.holds(Map.of("records", records(measured, 1_000)), Effort.MINI))
                .isFalse();
        assertThat(measured).as("once more before it fails").hasSize(3);
    }

    private static Bench.Measure records(List<String> measured, double millis) {
        return new Bench.Measure() {
            @Override
            public String name() {
                return "records";
            }

            @Override
            public void run(Bench bench) {
                measured.add(name());
                bench.figures().add(name(), Records.METRIC, "sock-tcp", "ms", 20);
                bench.figures().add(name(), Records.METRIC, "flame-unix", "ms", millis);
            }
        };
    }

    @Test
    void whoFailsIsNamedWithTheCauseAndLeavesTheOthersAlone() throws Exception {
        Figures figures = new Figures();
        Bench bench = new Bench(Effort.MINI, figures, List.of(new Failing(), new LimitContender(Transport.TCP, false)));

        new Records().run(bench);
        new Allocation().run(bench);

        assertThat(figures.failures())
                .extracting(Figures.Failure::cause)
                .allMatch(cause -> cause.endsWith("no runner"));
        assertThat(figures.all()).containsKey(new Figures.Key("allocation", "no-op", "raw-tcp"));
        assertThat(new Report(figures).markdown()).contains("- failing in records: java.io.IOException: no runner");
    }

    @Test
    void figuresOfAnotherRunAreTakenOver(@TempDir Path folder) throws Exception {
        Figures figures = new Figures();
        figures.add("cold-start", "first call", "flame-unix", "ms", 100.5);
        figures.add("cold-start", "first call", "flame-unix", "ms", 90);
        Transfer.write(figures, folder.resolve("figures"));

        assertThat(Transfer.read(folder.resolve("figures")).all()).isEqualTo(figures.all());
    }

    @Test
    void othersAreSetBesideFlameAndDrawn() throws Exception {
        Figures figures = new Figures();
        for (String metric : new String[] {"1 caller", "64 callers"}) {
            figures.add("throughput", metric, "raw-tcp", "calls/s", 60_000);
            figures.add("throughput", metric, "flame-unix", "calls/s", 50_000);
            figures.add("throughput", metric, "rmi", "calls/s", 20_000);
            figures.add("throughput", metric, "<other>", "calls/s", 10_000);
        }
        figures.add("records", "10,000 records there and back", "flame-unix", "ms", 20);
        figures.add("records", "10,000 records there and back", "rmi", "ms", 10);
        figures.fail("records", "<other>", new IOException("no records"));
        Report report = new Report(figures);

        assertThat(report.markdown())
                .contains("| throughput, 64 callers | calls/s | 60,000 | 50,000 | 20,000 | 10,000 | 2.50 × (rmi) |")
                .contains(
                        "| records, 10,000 records there and back | ms |  | 20.0 | 10.0 | failed | **0.50 × (rmi)** |")
                .contains("- <other> in records: java.io.IOException: no records");
        assertThat(report.charts()).containsOnlyKeys("throughput.svg", "records.svg");
        for (String chart : report.charts().values()) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(chart)));
        }
        assertThat(report.charts().get("throughput.svg")).contains(">flame-unix<", ">callers<", ">64<");
    }

    private record Failing() implements Contender {
        @Override
        public String label() {
            return "failing";
        }

        @Override
        public Session open(int callers) throws IOException {
            throw new IOException("no runner");
        }
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
                List.of("--rounds", "0"),
                List.of("--runs", "none"),
                List.of("--only", "nothing"),
                List.of("--json"),
                List.of("whatever"))) {
            assertThatThrownBy(() -> Options.parse(wrong, NAMES, false)).isInstanceOf(Options.UsageException.class);
        }
    }
}
