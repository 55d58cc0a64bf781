package io.flame4j.spring.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.ConditionalOnFlameParent;
import io.flame4j.spring.ConditionalOnFlameRunner;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class ConditionsTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner().withUserConfiguration(Both.class);

    @Configuration(proxyBeanMethods = false)
    static class Both {
        @Bean
        @ConditionalOnFlameParent
        String parent() {
            return "";
        }

        @Bean
        @ConditionalOnFlameRunner
        String runner() {
            return "";
        }
    }

    @Test
    void parent() {
        contexts.run(context -> assertThat(context).hasBean("parent").doesNotHaveBean("runner"));
    }

    @Test
    void runner() {
        contexts.withPropertyValues("flame4j.role=runner")
                .run(context -> assertThat(context).hasBean("runner").doesNotHaveBean("parent"));
    }
}
