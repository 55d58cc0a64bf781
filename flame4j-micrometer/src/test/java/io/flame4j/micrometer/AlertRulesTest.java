package io.flame4j.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The alert rules under deploy/, by Prometheus' own tool, where the machine has it: what fires when, and what does not. */
class AlertRulesTest {

    @Test
    void fire_when_they_should() throws Exception {
        Optional<Path> promtool = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(promtool.isPresent(), "there is no promtool on this machine");

        Process process = new ProcessBuilder(
                        promtool.get().toString(),
                        "test",
                        "rules",
                        Path.of("..", "deploy", "prometheus", "flame4j-rules-test.yaml")
                                .toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
    }
}
