package io.flame4j.kubernetes.internal.pods;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoldenFileTest {

    @Test
    void shows_what_changed_and_what_is_around_it() {
        List<String> before = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");
        List<String> after = List.of("a", "b", "c", "d", "e", "F", "g", "h", "i", "j");

        assertThat(GoldenFile.difference(before, after))
                .isEqualTo("  …\n  c\n  d\n  e\n- f\n+ F\n  g\n  h\n  i\n+ j\n");
    }
}
