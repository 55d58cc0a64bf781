package io.flame4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.BootPhase;
import io.flame4j.CallListener;
import io.flame4j.CallOptions;
import io.flame4j.CallOutcome;
import io.flame4j.CallReport;
import io.flame4j.CallTimeoutException;
import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.Refusal;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import io.flame4j.backend.LocalBackend;
import io.flame4j.micrometer.FlameMetrics;
import io.flame4j.testsupport.DocumentSnippets;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * docs/observability.md against the code: its lists of metrics, tags and events have what there is and nothing else, and its
 * examples about these run here, as {@link DocumentSnippets} says.
 */
class ObservabilityDocumentTest {

    private static final Path DOCUMENT =
            Path.of("..", "docs", "observability.md").toAbsolutePath().normalize();

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void the_metrics_listed_are_those_there_are() throws IOException {
        MeterRegistry registry = new SimpleMeterRegistry();
        // snippet: metrics-bind
        FlameMetrics metrics = new FlameMetrics();
        metrics.bindTo(registry);
        // end
        Map<String, String> there = new TreeMap<>();
        Map<String, Set<String>> values = new TreeMap<>();
        try (metrics;
                FlamePool pool = pool("documented")) {
            pool.call(() -> 1);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> registry.find("flame.pool.boot.phase")
                                    .tag("phase", "ready")
                                    .timer()
                            != null);
            for (Meter meter : registry.getMeters()) {
                Meter.Id id = meter.getId();
                Set<String> tags =
                        id.getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
                assertThat(tags.remove("pool")).isTrue();
                there.put(id.getName(), type(id) + " " + id.getBaseUnit() + " " + tags);
                for (String tag : tags) {
                    values.computeIfAbsent(tag + " of " + id.getName(), key -> new TreeSet<>())
                            .add(id.getTag(tag));
                }
            }
        }

        Map<String, String> listed = new TreeMap<>();
        for (List<String> row : rows("flame.pool.")) {
            Set<String> tags = new TreeSet<>(codes(row.get(3)));
            listed.put(codes(row.get(0)).get(0), row.get(1) + " " + row.get(2) + " " + tags);
        }
        assertThat(listed).isEqualTo(there);

        Map<String, Set<String>> listedValues = new TreeMap<>();
        for (List<String> row : rows("state|outcome|phase|reason|kind")) {
            listedValues.put(
                    codes(row.get(0)).get(0) + " of " + codes(row.get(1)).get(0), new TreeSet<>(codes(row.get(2))));
        }
        // These come with the first call that ends so, and the first boot that comes so far.
        values.put("outcome of flame.pool.call", lower(CallOutcome.values()));
        values.put("phase of flame.pool.boot.phase", lower(BootPhase.values()));
        assertThat(listedValues).isEqualTo(values);
        assertThat(listedValues.get("reason of flame.pool.failed.boots"))
                .isEqualTo(lower(RunnerBootException.Reason.values()));
        assertThat(listedValues.get("reason of flame.pool.lost.runners"))
                .isEqualTo(lower(RunnerLostException.Reason.values()));
        assertThat(listedValues.get("kind of flame.pool.refused.connections")).isEqualTo(lower(Refusal.values()));
    }

    private static String type(Meter.Id id) {
        return switch (id.getType()) {
            case DISTRIBUTION_SUMMARY -> "summary";
            default -> id.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static Set<String> lower(Enum<?>[] constants) {
        return Arrays.stream(constants)
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void the_events_listed_are_those_there_are() throws IOException {
        Map<String, Set<String>> there = new TreeMap<>();
        try (Recording recording = new Recording();
                FlamePool pool = pool("recorded")) {
            recording.enable("flame4j.Call");
            recording.start();
            pool.call(() -> 1);
            for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
                if (type.getName().startsWith("flame4j.")) {
                    assertThat(type.getDescription()).isNotBlank();
                    there.put(type.getName(), fields(type));
                }
            }
        }
        Map<String, Set<String>> listed = new TreeMap<>();
        for (List<String> row : rows("flame4j\\.[A-Z]")) {
            listed.put(codes(row.get(0)).get(0), new TreeSet<>(codes(row.get(1))));
        }
        assertThat(listed).isEqualTo(there).hasSize(4);
    }

    /** Without those that every event has. */
    private static Set<String> fields(EventType type) {
        Set<String> names =
                type.getFields().stream().map(ValueDescriptor::getName).collect(Collectors.toCollection(TreeSet::new));
        names.removeAll(Set.of("startTime", "duration", "eventThread", "stackTrace"));
        return names;
    }

    @Test
    void a_listener_hears_of_slow_calls() {
        List<String> slow = new CopyOnWriteArrayList<>();
        // snippet: listener-slow-calls
        Flame.addListener(new PoolListener() {
            @Override
            public CallListener onCall(String pool) {
                return new CallListener() {
                    @Override
                    public void onEnd(CallReport call) {
                        if (call.overheadNanos() > 100_000_000) {
                            slow.add(call.task() + " waited " + call.queueWait());
                        }
                    }
                };
            }
        });
        // end
        try (FlamePool pool = pool("slow")) {
            assertThatThrownBy(() -> pool.call(
                            () -> Thread.sleep(600_000), CallOptions.defaults().timeout(Duration.ofMillis(300))))
                    .isInstanceOf(CallTimeoutException.class);
        }
        // The task did not end by itself, so that all of its time is overhead.
        assertThat(slow).singleElement().asString().contains("a_listener_hears_of_slow_calls");
    }

    @Test
    void the_document_shows_what_runs_here() throws IOException {
        DocumentSnippets.runBy(ObservabilityDocumentTest.class)
                // All but what the modules run that it is about.
                .in("docs/observability.md", "(?!context-|logs-|otel-).*")
                .check(2);
    }

    /** The rows of tables whose first cell begins with such code. */
    private static List<List<String>> rows(String first) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.matches("\\| `(" + first + ").*")) {
                rows.add(Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList());
            }
        }
        assertThat(rows).as("rows of %s", first).isNotEmpty();
        return rows;
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
    }

    private static FlamePool pool(String name) {
        return FlamePool.builder(name).backend(LocalBackend.create()).max(1).build();
    }
}
