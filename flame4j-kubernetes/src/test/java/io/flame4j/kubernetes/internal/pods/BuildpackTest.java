package io.flame4j.kubernetes.internal.pods;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildpackTest {

    @Test
    void options_are_split_as_the_jvm_does() {
        assertThat(Buildpack.split("")).isEmpty();
        assertThat(Buildpack.split("  -Xmx1g\t-Da=b\n")).containsExactly("-Xmx1g", "-Da=b");
        assertThat(Buildpack.split("-Da=\"b c\"d '-De=\"f' \"\"")).containsExactly("-Da=b cd", "-De=\"f", "");
    }
}
