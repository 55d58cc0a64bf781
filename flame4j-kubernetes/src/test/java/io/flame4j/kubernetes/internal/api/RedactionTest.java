package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedactionTest {

    private static Pod pod(String value, String... arguments) {
        return new PodBuilder()
                .withNewSpec()
                .addNewContainer()
                .addNewEnv()
                .withName("V")
                .withValue(value)
                .endEnv()
                .withArgs(arguments)
                .endContainer()
                .addNewInitContainer()
                .withCommand(arguments)
                .endInitContainer()
                .endSpec()
                .build();
    }

    @Test
    void a_part_of_another_leaves_nothing_of_that() {
        assertThat(Redaction.of(List.of("secret", "secret-and-more")).censor("is secret-and-more, secret"))
                .isEqualTo("is …, …");
    }

    @Test
    void it_is_taken_out_before_the_text_is_cut() {
        String said = "x".repeat(995) + "very-secret-value";
        assertThat(Redaction.of(List.of("very-secret-value")).brief(said)).isEqualTo("x".repeat(995) + "…");
        assertThat(Redaction.of(List.of("nothing")).brief(said)).hasSize(1_001).endsWith("very-…");
    }

    @Test
    void quoted_values_are_found() {
        Redaction redaction = Redaction.of(pod("a\"b\\c\nd<e>&\u0001"));
        assertThat(redaction.censor("Go: \"a\\\"b\\\\c\\nd<e>&\\x01\"")).isEqualTo("Go: \"…\"");
        assertThat(redaction.censor("JSON: \"a\\\"b\\\\c\\nd<e>&\\u0001\"")).isEqualTo("JSON: \"…\"");
        assertThat(redaction.censor("JSON of Go: \"a\\\"b\\\\c\\nd\\u003ce\\u003e\\u0026\\u0001\""))
                .isEqualTo("JSON of Go: \"…\"");
        assertThat(redaction.toString()).doesNotContain("a\"b");
    }

    @Test
    void properties_are_found_in_arguments_commands_and_variables() {
        Redaction redaction = Redaction.of(pod(
                "-Xmx1g -Dkey='in variable' -Dshort=x",
                "-Dpassword=in argument",
                "exec java -Dtoken=in-a-line -cp app Main"));
        assertThat(redaction.censor("in variable; in argument; in-a-line; x; -Xmx1g; Main"))
                .isEqualTo("…; …; …; x; -Xmx1g; Main");
    }

    @Test
    void an_explanation_never_holds_half_a_secret() {
        ApiCall call = ApiCall.create(ApiCall.Target.all("pods", "shop"), "{}", List.of("very-secret-value"));
        for (int before = 975; before < 1_005; before++) {
            Verdict verdict =
                    Verdict.ofAnswer(new ApiAnswer(422, "x".repeat(before) + "very-secret-value", null), null);
            assertThat(Explanation.reason(call, verdict, new Identity("the tester", "shop"), "https://server"))
                    .doesNotContain("xv");
            assertThat(verdict.toString()).doesNotContain("very");
        }
    }

    @Test
    void of_a_pod_without_anything_nothing_is_taken() {
        Pod bare = new PodBuilder().withNewSpec().endSpec().build();
        assertThat(Redaction.of(bare).brief("all of it")).isEqualTo("all of it");
        assertThat(Redaction.secretsOf(pod("short"))).isEmpty();
        assertThat(Map.of("a", Redaction.of(bare))).hasToString("{a=Redaction[0]}");
    }
}
