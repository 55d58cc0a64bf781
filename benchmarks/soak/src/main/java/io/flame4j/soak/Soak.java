package io.flame4j.soak;

import io.flame4j.testkit.LeakCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The run: storm, calm and a few scenarios, over and over. Between them it counts what must not become more. Used by one
 * thread.
 */
final class Soak {

    private static final Duration LONG = Duration.ofMinutes(15);
    private static final double SHORT_SHARE = 0.2;
    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final int SCENARIOS_A_ROUND = 4;
    private static final Duration TOLD_EVERY = Duration.ofMinutes(1);
    private static final String STORM = "storm: all kinds of calls, runners and TLS connections broken at random";

    private final Options options;
    private final List<Scenario> scenarios;
    private final PrintStream told;
    private final SplittableRandom random;
    private final Ledger ledger = new Ledger();
    private final Census census = new Census();
    private final long began = System.nanoTime();
    private final List<Scenario> waiting = new ArrayList<>();
    private long lastTold = began;

    Soak(Options options, List<Scenario> scenarios, PrintStream told) {
        this.options = options;
        this.scenarios = scenarios.stream()
                .filter(each ->
                        options.scenarios().isEmpty() || options.scenarios().contains(each.name()))
                .toList();
        this.told = told;
        random = new SplittableRandom(options.seed());
    }

    /** What did not hold; empty when all did. */
    List<String> run(LogWatch log) throws IOException {
        told.printf("soak: %.1f minutes, seed %d%n", options.time().toMillis() / 60e3, options.seed());
        LeakCheck leaks = new LeakCheck();
        leaks.begin();
        if (options.scenarios().isEmpty()) {
            try (Storm storm = new Storm(random.split(), log)) {
                rounds(storm, log);
            }
        } else {
            do {
                play(next(), log);
                count(0, 0);
            } while (!isOver());
        }
        scenarios.forEach(each -> playWhileInDoubt(each, log));
        List<String> left = Leftovers.await(leaks);
        ledger.add("the whole run", null, new StageResult(1, List.of(), List.of(), left, List.of(), List.of()));
        census.growth().forEach(ledger::broken);
        List<String> violations = ledger.violations();
        write(violations);
        return violations;
    }

    private void rounds(Storm storm, LogWatch log) {
        do {
            ledger.add(STORM, null, storm.round(ROUND));
            count(storm.begun(), storm.failed());
            for (int i = 0; i < SCENARIOS_A_ROUND && !isOver(); i++) {
                play(next(), log);
            }
        } while (!isOver());
        storm.round(Duration.ofSeconds(1));
        count(storm.begun(), storm.failed());
    }

    private boolean isOver() {
        return System.nanoTime() - began >= options.time().toNanos();
    }

    /** Each once, in an order of the seed, and then again. */
    private Scenario next() {
        if (waiting.isEmpty()) {
            waiting.addAll(scenarios);
            Collections.shuffle(waiting, new Random(random.nextLong()));
        }
        return waiting.remove(0);
    }

    private void play(Scenario scenario, LogWatch log) {
        StageResult result = Stage.play(scenario, random.split(), log, isShort() ? SHORT_SHARE : 1);
        if (!result.holds()) {
            told.printf("soak: %s does not hold: %s%n", scenario.name(), result);
        }
        ledger.add(scenario.fault(), scenario.bound(), result);
    }

    /** In a short run each is played once, and that one time the machine may have stalled. */
    private void playWhileInDoubt(Scenario scenario, LogWatch log) {
        for (int i = 1; i < Ledger.LEAST_JUDGED && ledger.isInDoubt(scenario.fault()); i++) {
            told.printf("soak: %s was noticed late; once more%n", scenario.name());
            play(scenario, log);
        }
    }

    /** Then a minute without an API server is too long. */
    private boolean isShort() {
        return options.time().compareTo(LONG) < 0;
    }

    private void count(long calls, long failures) {
        long now = System.nanoTime();
        Census.Sample sample = Census.take(Duration.ofNanos(now - began).toSeconds(), calls, failures);
        census.add(sample);
        if (now - lastTold >= TOLD_EVERY.toNanos() || census.samples().size() == 1) {
            lastTold = now;
            told.println("soak: " + sample.text());
        }
    }

    private void write(List<String> violations) throws IOException {
        Path out = options.out();
        Files.createDirectories(out);
        Files.writeString(out.resolve("reliability.md"), markdown(violations));
        Files.writeString(out.resolve("soak.svg"), Chart.svg(title(), census.samples()));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", options.seed());
        json.put("minutes", Duration.ofNanos(System.nanoTime() - began).toMillis() / 60e3);
        json.put("machine", machine());
        json.put("faults", ledger.json());
        json.put("violations", violations);
        json.put("census", census.samples().stream().map(Census.Sample::json).toList());
        Files.writeString(out.resolve("reliability.json"), Json.write(json));
    }

    private String title() {
        return String.format(
                Locale.ROOT,
                "%.0f minutes, seed %d, %s",
                Duration.ofNanos(System.nanoTime() - began).toMillis() / 60e3,
                options.seed(),
                machine());
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors() + " processors, Java " + Runtime.version() + ", "
                + System.getProperty("os.name");
    }

    String markdown(List<String> violations) {
        StringBuilder text = new StringBuilder(title()).append("\n\n").append(ledger.markdown());
        if (!violations.isEmpty()) {
            text.append("\nWhat did not hold:\n\n");
            violations.forEach(what -> text.append("- ").append(what).append('\n'));
        }
        return text.toString();
    }
}
