package io.flame4j.testkit.kubernetes.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {

    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "$(A), 1",
        "x$(A)y$(B)z, x1y2z",
        "$(NONE), $(NONE)",
        "$$(A), $(A)",
        "$$$(A), $1",
        "$$$$(A), $$(A)",
        "$A, $A",
        "$(A, $(A",
        "a$, a$",
        "$$, $",
        "$(REF), $(A)",
        "$(), $()",
    })
    void expands_as_kubernetes_does(String text, String expanded) {
        assertThat(Expansion.expand(text, Map.of("A", "1", "B", "2", "REF", "$(A)")))
                .isEqualTo(expanded);
    }
}
