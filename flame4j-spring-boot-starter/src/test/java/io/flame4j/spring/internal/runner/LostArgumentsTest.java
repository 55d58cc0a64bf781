package io.flame4j.spring.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LostArgumentsTest {

    @Test
    void names_without_values() {
        List<String> given = List.of("--a=1", "--password=x=y", "--debug", "input.txt");

        assertThat(LostArguments.of(given)).isEqualTo("--a, --password, --debug, an argument");
        assertThat(LostArguments.of(given, "--debug", "--a=2")).isEqualTo("--a, --password, an argument");
        assertThat(LostArguments.of(given, "--more", "input.txt", "--debug", "--password=x=y", "--a=1"))
                .isEmpty();
        assertThat(LostArguments.of(List.of(), "--more")).isEmpty();
    }
}
