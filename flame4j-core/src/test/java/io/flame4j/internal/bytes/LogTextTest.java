package io.flame4j.internal.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {

    @Test
    void ordinary_text_stays_as_it_is() {
        String text = "Grüße\tan 日本 😀 …";
        assertThat(LogText.oneLine(text, 100)).isSameAs(text);
        assertThat(LogText.oneLine("", 100)).isEmpty();
        assertThat(LogText.paragraph(text, 100)).isEqualTo(text);
    }

    @Test
    void nothing_begins_a_line_or_steers_a_terminal() {
        assertThat(LogText.oneLine("a\r\nERROR forged\u001b[2J\u0007\u0085\u009b\u2028\u202e\u2066z", 100))
                .isEqualTo("a\\r\\nERROR forged\\u001b[2J\\u0007\\u0085\\u009b\\u2028\\u202e\\u2066z");
    }

    @Test
    void long_text_is_cut_and_says_so() {
        assertThat(LogText.oneLine("abcdef", 3)).isEqualTo("abc …");
        assertThat(LogText.oneLine("ab😀d", 3)).as("no half characters").isEqualTo("ab …");
        assertThat(LogText.oneLine("\n".repeat(1_000_000), 2)).isEqualTo("\\n\\n …");
        assertThat(LogText.paragraph("a\nbcdef", 4)).isEqualTo("a\n    bc …");
    }

    @Test
    void what_follows_the_first_line_of_a_paragraph_is_indented() {
        assertThat(LogText.paragraph("java.lang.Error: no\r\n\tat A.b\nERROR forged\rx\n\n", 100))
                .isEqualTo("java.lang.Error: no\n    \tat A.b\n    ERROR forged\\rx");
    }
}
