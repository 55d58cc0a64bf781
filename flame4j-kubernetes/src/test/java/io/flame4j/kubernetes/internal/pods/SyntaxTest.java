package io.flame4j.kubernetes.internal.pods;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "+1.5", ".5", "1.", "500m", "2Gi", "1e3", "1E-3", "12E", "3n", "0"})
    void quantities(String text) {
        assertThat(Syntax.quantity(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 Gi", "1GB", "Gi", "1K", "--1", "1.2.3", "one"})
    void no_quantities(String text) {
        assertThat(Syntax.quantity(text)).contains("is no quantity");
    }

    @Test
    void keys() {
        assertThat(Syntax.key("app")).isNull();
        assertThat(Syntax.key("example.com/App_1.x")).isNull();
        assertThat(Syntax.key("Example.com/app")).isNotNull();
        assertThat(Syntax.key("/app")).isNotNull();
        assertThat(Syntax.key("a/b/c")).isNotNull();
        assertThat(Syntax.key("a/")).isNotNull();
        assertThat(Syntax.key("a".repeat(64))).isNotNull();
    }

    @Test
    void any_text_becomes_the_value_of_a_label() {
        assertThat(Syntax.toLabelValue("web-1")).isEqualTo("web-1");
        assertThat(Syntax.toLabelValue("")).isEmpty();
        for (String text : new String[] {"a".repeat(64), "-a", "ü", "/".repeat(80), "a b"}) {
            String value = Syntax.toLabelValue(text);
            assertThat(Syntax.labelValue(value)).as(value).isNull();
            assertThat(value).isNotEmpty();
        }
        assertThat(Syntax.toLabelValue("x".repeat(70) + "1")).isNotEqualTo(Syntax.toLabelValue("x".repeat(70) + "2"));
    }
}
