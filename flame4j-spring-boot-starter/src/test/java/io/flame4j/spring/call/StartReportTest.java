package io.flame4j.spring.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.FlamePool;
import io.flame4j.spring.FlameCall;
import io.flame4j.spring.InvalidFlameCallException;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What Boot says of a context that does not start must not be lost with flame4j in it. */
@ExtendWith(OutputCaptureExtension.class)
class StartReportTest {

    static class Worker {
        @FlameCall("words")
        public void work() {}
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(FlameAutoConfiguration.class)
    static class Application {
        @Bean
        Worker worker() {
            return new Worker();
        }

        @Bean
        String user(@Qualifier("wrds") FlamePool pool) {
            return pool.name();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(FlameAutoConfiguration.class)
    static class OtherApplication {
        @Bean
        Worker worker() {
            return new Worker();
        }

        @Bean
        String user(@Qualifier("wrker") Worker worker) {
            return worker.toString();
        }
    }

    static class Typist {
        @FlameCall("word")
        public void work() {}

        @FlameCall("mail")
        public void post() {}
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(FlameAutoConfiguration.class)
    static class MisspeltApplication {
        @Bean
        Typist typist() {
            return new Typist();
        }
    }

    @Test
    void a_pool_that_a_method_names_and_that_is_not_there_can_be_renamed_or_defined(CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(MisspeltApplication.class)
                        .web(WebApplicationType.NONE)
                        .run("--flame4j.backend=local", "--flame4j.pools.words.max=1"))
                .isInstanceOf(InvalidFlameCallException.class);

        assertThat(output)
                .contains(
                        "Bean 'typist', @FlameCall method Typist.work(): there is no pool 'word'. Did you mean 'words'?")
                .contains("Name the pool 'words' in @FlameCall(pool = …) instead of 'word', or define the pool 'word':"
                        + " set flame4j.pools.word.max=4, for instance.")
                .contains(
                        "Name one of the pools [words, thumbs] in @FlameCall(pool = …) instead of 'mail', or define the pool 'mail':")
                .doesNotContain("Change these methods");
    }

    @Test
    void a_pool_that_is_not_there_is_reported(CapturedOutput output) {
        assertReported(Application.class, FlamePool.class, output);
    }

    @Test
    void a_bean_with_annotated_methods_that_is_not_there_is_reported(CapturedOutput output) {
        assertReported(OtherApplication.class, Worker.class, output);
    }

    private static void assertReported(Class<?> application, Class<?> missing, CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(application)
                        .web(WebApplicationType.NONE)
                        .run("--flame4j.backend=local", "--flame4j.pools.words.max=1"))
                .isInstanceOf(UnsatisfiedDependencyException.class);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("required a bean of type '" + missing.getName() + "' that could not be found");
    }
}
