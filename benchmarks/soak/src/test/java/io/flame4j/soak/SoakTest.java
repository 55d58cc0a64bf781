package io.flame4j.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.soak.Census.Sample;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each scenario once with what must hold in it, and a minute's worth of the rest, so that it cannot rot. */
@Timeout(300)
class SoakTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_126L);
    private static final List<String> NAMES =
            Scenarios.all().stream().map(Scenario::name).toList();

    @TempDir
    Path directory;

    static List<String> names() {
        return NAMES;
    }

    private static Scenario scenario(String name) {
        return Scenarios.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("names")
    void holds(String name) {
        Scenario scenario = scenario(name);
        StageResult result;
        try (LogWatch log = new LogWatch(System.err)) {
            result = Stage.play(scenario, new SplittableRandom(SEED), log, 0.1);
        }
        assertThat(result.hung()).as("hung, seed %d", SEED).isEmpty();
        assertThat(result.wrong()).as("lost or doubled, seed %d", SEED).isEmpty();
        assertThat(result.leaked()).as("left behind, seed %d", SEED).isEmpty();
        assertThat(result.broken()).as("seed %d", SEED).isEmpty();
        assertThat(result.injected()).isPositive();
        Duration bound = scenario.bound();
        if (bound != null) {
            System.out.println(name + " was noticed after " + result.detections() + ", bound " + bound);
            // Machines that build are busy: how soon it is on a quiet one, the soak tells.
            assertThat(result.detections()).isNotEmpty().allMatch(time -> time.compareTo(bound.plusSeconds(5)) < 0);
        }
    }

    @Test
    void aStormPassesAndLeavesTheTableTheChartAndTheLog() throws Exception {
        Options options =
                Options.parse(List.of("--minutes", "0.1", "--seed", "7", "--out", directory.toString()), NAMES, 1);
        List<Scenario> one = List.of(scenario("killed-running"));
        List<String> violations;
        try (LogWatch log = new LogWatch(OutputStream.nullOutputStream())) {
            violations = new Soak(options, one, System.out).run(log);
        }
        assertThat(violations).as("seed 7").isEmpty();
        assertThat(Files.readString(directory.resolve("reliability.md")))
                .contains("seed 7", "| storm: ", "| the whole run | 1 | 0 | 0 | 0 |");
        assertThat(Files.readString(directory.resolve("reliability.json")))
                .contains("\"seed\": 7", "\"hung\": 0", "\"violations\": []");
        assertThat(Files.readString(directory.resolve("soak.svg")))
                .startsWith("<svg ")
                .contains("heap after GC");
    }

    @Test
    void aCountThatGrowsIsFound() {
        Census steady = new Census();
        Census growing = new Census();
        for (int i = 0; i < 20; i++) {
            steady.add(new Sample(i * 60L, (30L << 20) + (i % 3 << 20), 40 + i % 2, 60, 1, i * 1000L, i * 10L));
            growing.add(new Sample(i * 60L, (30L << 20) + (i << 20), 40 + i, 60 + i, 1, i * 1000L, i * 10L));
        }
        assertThat(steady.growth()).isEmpty();
        assertThat(growing.growth())
                .hasSize(3)
                .anyMatch(what -> what.startsWith("heap"))
                .anyMatch(what -> what.startsWith("threads"))
                .anyMatch(what -> what.startsWith("descriptors"));
    }

    @Test
    void whatDoesNotHoldIsFound() throws Exception {
        Calls calls = new Calls(directory);
        long lost = Calls.number();
        calls.begin(lost, "call", Duration.ofSeconds(1), 1);
        calls.value(lost, true);
        long doubled = Calls.number();
        calls.begin(doubled, "call", Duration.ofSeconds(1), 1);
        Jobs.note(directory.toString(), doubled);
        Jobs.note(directory.toString(), doubled);
        calls.value(doubled, true);
        long another = Calls.number();
        calls.begin(another, "call", Duration.ofSeconds(1), 1);
        Jobs.note(directory.toString(), another);
        calls.value(another, false);
        calls.value(another, true);
        long strange = Calls.number();
        calls.begin(strange, "call", Duration.ofSeconds(1), 1);
        calls.failure(strange, new IllegalStateException("out of the blue"));
        long hung = Calls.number();
        calls.begin(hung, "call", Calls.GRACE.negated(), 1);
        Calls.Verdict verdict = calls.verdict();
        assertThat(verdict.hung()).singleElement().asString().contains("call " + hung + " has no outcome");
        assertThat(verdict.wrong())
                .hasSize(5)
                .anyMatch(what -> what.contains("call " + lost + " ran 0 times"))
                .anyMatch(what -> what.contains("call " + doubled + " ran 2 times"))
                .anyMatch(what -> what.contains("call " + another + " got another value"))
                .anyMatch(what -> what.contains("call " + another + " has a second outcome"))
                .anyMatch(what -> what.contains("out of the blue"));
    }

    @Test
    void whatIsOverItsBoundIsShownAndFailsWhenItIsFarOver() {
        Ledger ledger = new Ledger();
        Duration bound = Duration.ofMillis(100);
        for (int millis : List.of(50, 120, 130)) {
            ledger.add("late", bound, noticedAfter(millis));
            ledger.add("far too late", bound, noticedAfter(millis * 10));
        }
        assertThat(ledger.markdown()).contains("| late | 3 | 0 | 0 | 0 | **120 ms** | **130 ms** | 100 ms |");
        assertThat(ledger.violations()).singleElement().asString().startsWith("far too late: noticed after 1200 ms");
    }

    private static StageResult noticedAfter(int millis) {
        return new StageResult(1, List.of(), List.of(), List.of(), List.of(), List.of(Duration.ofMillis(millis)));
    }

    @Test
    void argumentsAreReadAndWrongOnesRefused() throws Exception {
        Options options = Options.parse(
                List.of("--minutes", "1.5", "--seed", "-3", "--out", "x", "--scenario", "frozen"), NAMES, 1);
        assertThat(options).isEqualTo(new Options(Duration.ofSeconds(90), -3, Path.of("x"), Set.of("frozen")));
        assertThat(Options.parse(List.of(), NAMES, 42).seed()).isEqualTo(42);
        for (List<String> wrong : List.of(
                List.of("--minutes", "0"),
                List.of("--minutes", "-1"),
                List.of("--minutes", "NaN"),
                List.of("--minutes", "a while"),
                List.of("--minutes"),
                List.of("--seed", "1.5"),
                List.of("--scenario", "nothing"),
                List.of("whatever"))) {
            assertThatThrownBy(() -> Options.parse(wrong, NAMES, 1))
                    .as("%s", wrong)
                    .isInstanceOf(Options.UsageException.class)
                    .hasMessageContaining(wrong.get(0));
        }
    }
}
