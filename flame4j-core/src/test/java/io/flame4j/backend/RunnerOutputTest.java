package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunnerOutputTest {

    @Test
    void lines_end_where_they_end_and_nothing_in_them_steers_a_terminal() {
        List<String> lines = new ArrayList<>();
        RunnerOutput output = new RunnerOutput(lines::add, StandardCharsets.UTF_8);
        output.readAll(new ByteArrayInputStream(
                "one\r\ntwo\rERROR forged\n\u001b[2Jthree\tä\n\nfour".getBytes(StandardCharsets.UTF_8)));
        assertThat(lines).containsExactly("one", "two\\rERROR forged", "\\u001b[2Jthree\tä", "", "four");
        assertThat(output.lastLines()).isEqualTo(lines);
    }

    @Test
    void a_line_without_end_is_cut() {
        List<String> lines = new ArrayList<>();
        new RunnerOutput(lines::add, StandardCharsets.UTF_8)
                .readAll(new ByteArrayInputStream(new byte[RunnerOutput.LONGEST_LINE + 5]));
        assertThat(lines)
                .singleElement()
                .asString()
                .hasSizeLessThan(6 * RunnerOutput.LONGEST_LINE + 40)
                .endsWith(" … (5 bytes more)");
    }
}
