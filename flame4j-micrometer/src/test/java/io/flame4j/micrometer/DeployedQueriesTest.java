package io.flame4j.micrometer;

import static io.flame4j.micrometer.Work.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The dashboard and the alert rules under deploy/ ask for what a scrape of a pool that has worked really has: each metric, each
 * label, and each value of a label that they name.
 */
class DeployedQueriesTest {

    private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();
    private static final Path DASHBOARD = DEPLOY.resolve("grafana/flame4j-dashboard.json");
    private static final Path RULES = DEPLOY.resolve("prometheus/flame4j-rules.yaml");

    private static final Pattern SAMPLE = Pattern.compile("(flame_\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)(=~|!~|!=|=)\"([^\"]*)\"");
    private static final Pattern METRIC = Pattern.compile("(flame_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern GROUPING = Pattern.compile("(?:by|on) \\(([^)]*)\\)");

    /** Which labels Prometheus adds by itself. */
    private static final Set<String> OF_THE_SCRAPE = Set.of("instance", "job");

    /** By metric and label, the values that a scrape has. */
    private static final Map<String, Map<String, Set<String>>> SCRAPE = new TreeMap<>();

    @BeforeAll
    static void scrape() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (FlameMetrics metrics = new FlameMetrics()) {
            metrics.bindTo(registry);
            try (FlamePool pool = Work.processes()) {
                Work.doAll(pool);
                eventually(() -> assertThat(registry.scrape())
                        .contains("flame_pool_boot_phase_seconds_count")
                        .containsPattern("flame_pool_lost_runners_total\\{.*exited.*} 1\\.0"));
                read(registry.scrape());
            }
        }
    }

    @AfterAll
    static void forget() {
        SCRAPE.clear();
    }

    private static void read(String scrape) {
        for (String line : scrape.lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                Map<String, Set<String>> labels = SCRAPE.computeIfAbsent(sample.group(1), name -> new TreeMap<>());
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    labels.computeIfAbsent(label.group(1), name -> new TreeSet<>())
                            .add(label.group(3));
                }
            }
        }
    }

    @Test
    void theDashboardAsksForWhatThereIs() throws IOException {
        Object dashboard = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(DASHBOARD));
        List<String> queries = new ArrayList<>();
        collect(dashboard, Set.of("expr", "definition"), queries);
        assertThat(queries).hasSizeGreaterThan(20);
        check(queries);
        Set<String> asked = metricsOf(queries);
        // Whoever adds a metric puts it where people look.
        assertThat(base(SCRAPE.keySet())).isSubsetOf(base(asked));
    }

    @Test
    void theRulesAskForWhatThereIs() throws IOException {
        Object rules = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(RULES));
        List<String> queries = new ArrayList<>();
        collect(rules, Set.of("expr"), queries);
        List<String> alerts = new ArrayList<>();
        collect(rules, Set.of("alert"), alerts);
        assertThat(alerts)
                .hasSameSizeAs(queries)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.startsWith("FlamePool"));
        check(queries);
    }

    private static void check(List<String> queries) {
        for (String query : queries) {
            Set<String> known = new LinkedHashSet<>(OF_THE_SCRAPE);
            Matcher metric = METRIC.matcher(query);
            int found = 0;
            while (metric.find()) {
                found++;
                String name = metric.group(1);
                assertThat(SCRAPE).as("the scrape, for " + query).containsKey(name);
                known.addAll(SCRAPE.get(name).keySet());
                checkSelector(query, name, metric.group(2) == null ? "" : metric.group(2));
            }
            assertThat(found).as(query).isPositive();
            Matcher grouping = GROUPING.matcher(query);
            while (grouping.find()) {
                assertThat(known).as(query).contains(grouping.group(1).split(", "));
            }
        }
    }

    private static void checkSelector(String query, String metric, String selector) {
        Matcher label = LABEL.matcher(selector);
        while (label.find()) {
            assertThat(SCRAPE.get(metric)).as(query).containsKey(label.group(1));
            if (!label.group(2).contains("~")) {
                assertThat(SCRAPE.get(metric).get(label.group(1))).as(query).contains(label.group(3));
            }
        }
    }

    private static Set<String> metricsOf(List<String> queries) {
        Set<String> names = new TreeSet<>();
        for (String query : queries) {
            Matcher metric = METRIC.matcher(query);
            while (metric.find()) {
                names.add(metric.group(1));
            }
        }
        return names;
    }

    /** Without what timers and summaries add. */
    private static Set<String> base(Set<String> names) {
        Set<String> all = new TreeSet<>();
        names.forEach(name -> all.add(name.replaceFirst("_(count|sum|max)$", "")));
        return all;
    }

    private static void collect(Object node, Set<String> keys, List<String> found) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (keys.contains(String.valueOf(key)) && value instanceof String text) {
                    found.add(text);
                } else {
                    collect(value, keys, found);
                }
            });
        } else if (node instanceof Collection<?> list) {
            list.forEach(each -> collect(each, keys, found));
        }
    }
}
