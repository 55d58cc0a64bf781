package io.flame4j.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PatienceTest {

    @Test
    void awaitility_waits_that_long_where_a_test_does_not_say_it() {
        AtomicLong whole = new AtomicLong();
        await().conditionEvaluationListener(
                        condition -> whole.set(condition.getElapsedTimeInMS() + condition.getRemainingTimeInMS()))
                .until(() -> true);
        assertThat(whole).hasValue(Patience.DEFAULT.toMillis());
    }

    @Test
    void nobody_has_awaitility_without_it() throws IOException {
        Path root = Path.of("..");
        List<Path> others = Pattern.compile("<module>(.*?)</module>")
                .matcher(Files.readString(root.resolve("pom.xml")))
                .results()
                .map(module -> root.resolve(module.group(1)).normalize())
                .filter(module -> !module.endsWith("flame4j-test-support"))
                .toList();
        assertThat(others).hasSizeGreaterThan(10);
        for (Path module : others) {
            assertThat(Files.readString(module.resolve("pom.xml")))
                    .as("%s has Awaitility by flame4j-test-support", module)
                    .doesNotContain("<artifactId>awaitility</artifactId>");
        }
    }
}
