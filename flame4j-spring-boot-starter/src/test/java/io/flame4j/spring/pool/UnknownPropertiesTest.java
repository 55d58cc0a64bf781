package io.flame4j.spring.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flame4j.spring.InvalidFlamePropertyException;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** Names below flame4j that there are not, on whatever level. */
@ExtendWith(OutputCaptureExtension.class)
class UnknownPropertiesTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(FlameAutoConfiguration.class))
            .withPropertyValues("flame4j.backend=local");

    @ParameterizedTest
    @CsvSource({
        "flame4j.pool.thumbs.max, flame4j.pools.thumbs.max?",
        "flame4j.runer.web, flame4j.runner.web?",
        "flame4j.calls.self-invocation, flame4j.call.self-invocation?",
        "flame4j.enabled, 'Below flame4j are backend, pools, runner, call.'",
        "flame4j.pools.thumbs.max-concurency, mean flame4j.pools.thumbs.max-concurrency?",
        "flame4j.pools.thumbs.kubernets.image, mean flame4j.pools.thumbs.kubernetes.image?",
        "flame4j.pools.thumbs.kubernetes.imag, mean flame4j.pools.thumbs.kubernetes.image?",
        "flame4j.pools.thumbs.kubernetes.resources.limit.memory,"
                + " mean flame4j.pools.thumbs.kubernetes.resources.limits.memory?",
        "flame4j.pools.thumbs.process.tls.mod, mean flame4j.pools.thumbs.process.tls.mode?",
        "flame4j.pools.thumbs.result-filter.max-dept, mean flame4j.pools.thumbs.result-filter.max-depth?",
        "flame4j.pools.thumbs.heap, mean flame4j.pools.thumbs.process.heap?",
        "flame4j.pools.thumbs.jvm-options, 'mean flame4j.pools.thumbs.process.jvm-options or"
                + " flame4j.pools.thumbs.kubernetes.jvm-options?'",
        "flame4j.pools.thumbs.local.speed, 'Below flame4j.pools.thumbs.local are serialization.'",
        "flame4j.pools.thumbs.colour, 'Below flame4j.pools.thumbs are backend, min, start, max, max-concurrency,'",
        "flame4j.pools.thumbs.max.memory, flame4j.pools.thumbs.max has none below it.",
        "flame4j.pools.thumbs.process.jvm-options.x, flame4j.pools.thumbs.process.jvm-options has none below it.",
        "flame4j.pools.max, the name of the pool is missing. Did you mean flame4j.pools.<name>.max?",
        "flame4j.runner.shedule, Below flame4j.runner are context",
        "flame4j.runner.scheduleing, mean flame4j.runner.scheduling?",
        "flame4j.call.self-invokation, mean flame4j.call.self-invocation?"
    })
    void is_an_error_that_says_what_was_meant(String property, String advice) {
        contexts.withPropertyValues(property + "=2")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidFlamePropertyException.class)
                        .hasMessageContaining("The property " + property + " is not valid: ")
                        .hasMessageContaining(advice)
                        .hasMessageContaining("It was set in \"" + property + "\" from property source \"test\"."));
    }

    @Test
    void all_are_told_at_once() {
        contexts.withPropertyValues("flame4j.pools.thumbs.maxx=2", "flame4j.pools.thumbs.process.heep=2MB")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidFlamePropertyException.class)
                        .hasMessageContaining("mean flame4j.pools.thumbs.max?")
                        .hasMessageContaining("mean flame4j.pools.thumbs.process.heap?"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "maxConcurrency=2",
                "MAX_CONCURRENCY=2",
                "process.env.ANY_NAME=x",
                "process.env.a.b=x",
                "process.jvm-options[0]=-Da=b",
                "process.jvm-options=-Da=b",
                "kubernetes.resources.limits.memory=2Gi",
                "kubernetes.gpu[nvidia.com/gpu]=1",
                "kubernetes.labels[a.b/c]=d",
                "kubernetes.labels.a.b-c_D=e"
            })
    void other_ways_to_write_a_name_and_the_keys_of_maps_are_let_be(String setting) {
        contexts.withPropertyValues("flame4j.pools.thumbs." + setting, "flame4j.runner.properties.a.b.c=d")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({
        "kubernetes.gpu.nvidia.com/gpu, 'kubernetes.gpu[nvidia.com/gpu], in YAML \"[nvidia.com/gpu]\" as the key.'",
        "kubernetes.labels.app.kubernetes.io/name, 'kubernetes.labels[app.kubernetes.io/name],'",
        "kubernetes.annotations.a/b, 'kubernetes.annotations[a/b],'",
        "kubernetes.resources.limits.a.com/b, 'kubernetes.resources.limits[a.com/b],'"
    })
    void a_key_of_which_boot_leaves_out_something_is_refused(String setting, String cure) {
        String property = "flame4j.pools.thumbs." + setting;
        contexts.withPropertyValues(property + "=1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidFlamePropertyException.class)
                        .hasMessageContaining("The property " + property + " is not valid: ")
                        .hasMessageContaining("Write flame4j.pools.thumbs." + cure)
                        .hasMessageContaining("It was set in \"" + property + "\" from property source \"test\"."));
    }

    @Test
    void a_pool_may_be_called_as_an_option_is() {
        contexts.withPropertyValues("flame4j.pools.start.max=2")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(FlameAutoConfiguration.class)
    static class Application {}

    @Test
    void boots_report_names_the_file_and_the_line(CapturedOutput output) {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .build();
        assertThatExceptionOfType(InvalidFlamePropertyException.class)
                .isThrownBy(() -> application.run("--spring.config.location=classpath:misspelt.properties"));

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Did you mean flame4j.pools.thumbs.max-concurrency?")
                .contains("class path resource [misspelt.properties] - 3:37")
                .contains("Change or remove the property flame4j.pools.thumbs.max-concurency.");
    }

    @Test
    void boots_report_says_where_a_value_is_that_cannot_be(CapturedOutput output) {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .build();
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> application.run("--flame4j.backend=local", "--flame4j.pools.thumbs.max=0"));

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("The property flame4j.pools.thumbs.max is not valid")
                .contains("It was set in \"flame4j.pools.thumbs.max\" from property source \"commandLineArgs\".");
    }
}
