package io.flame4j.spring.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.properties.RunnerProperties;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.scheduling.config.TaskManagementConfigUtils;

class RunnerSettingsTest {

    private static final String JMS = "org.springframework.jms.config.internalJmsListenerAnnotationProcessor";
    private static final String PULSAR = "org.springframework.pulsar.config.internalPulsarReaderAnnotationProcessor";
    private static final String SCHEDULED = TaskManagementConfigUtils.SCHEDULED_ANNOTATION_PROCESSOR_BEAN_NAME;
    private static final String EVENTS = "org.springframework.context.event.internalEventListenerProcessor";

    private static RunnerProperties runner(boolean all, Map<String, String> properties) {
        return new RunnerProperties(true, null, all, all, all, all, all, all, properties);
    }

    @Test
    void launch_makes_the_trip_through_variables() {
        RunnerLaunch launch = new RunnerLaunch(
                "a.Main", List.of("a.Main", "b.C"), List.of("--x=$(Y) & z", "", "ü\n"), List.of("prod"), null);

        assertThat(RunnerLaunch.of(launch.toVariables())).isEqualTo(launch);
        assertThat(launch.toVariables().values()).noneMatch(value -> value.contains("$"));
        assertThat(RunnerLaunch.of(Map.of()).hasApplication()).isFalse();
    }

    @Test
    void off_by_default_on_when_asked() {
        assertThat(RunnerEnvironment.settings(runner(false, Map.of("spring.main.banner-mode", "log"))))
                .containsEntry("spring.main.web-application-type", "none")
                .containsEntry("spring.kafka.listener.auto-startup", false)
                .containsEntry("spring.quartz.auto-startup", false)
                .containsEntry("spring.flyway.enabled", false)
                .containsEntry("spring.jpa.hibernate.ddl-auto", "none")
                .containsEntry("spring.main.banner-mode", "log");
        assertThat(RunnerEnvironment.settings(runner(true, Map.of())))
                .doesNotContainKeys(
                        "spring.main.web-application-type",
                        "spring.kafka.listener.auto-startup",
                        "spring.quartz.auto-startup",
                        "spring.flyway.enabled",
                        "spring.jpa.hibernate.ddl-auto");
    }

    @Test
    void who_misses_the_web_is_told_that_there_is_none() {
        assertThat(SpringRunner.hint("Parameter 0 of method chain in shop.Security required a bean of type"
                        + " 'org.springframework.security.config.annotation.web.builders.HttpSecurity' that could not be"
                        + " found."))
                .contains("@ConditionalOnWebApplication", "flame4j.runner.web=true");
        assertThat(SpringRunner.hint("required a bean of type 'shop.Thumbnails'"))
                .isEmpty();
    }

    @Test
    void what_finds_listeners_is_taken_out() {
        DefaultListableBeanFactory beans = beans();
        new NoProcessors(runner(false, Map.of())).postProcessBeanFactory(beans);
        assertThat(beans.getBeanDefinitionNames()).containsExactly(EVENTS);

        DefaultListableBeanFactory all = beans();
        new NoProcessors(runner(true, Map.of())).postProcessBeanFactory(all);
        assertThat(all.getBeanDefinitionNames()).containsExactly(JMS, PULSAR, SCHEDULED, EVENTS);
    }

    private static DefaultListableBeanFactory beans() {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        List.of(JMS, PULSAR, SCHEDULED, EVENTS)
                .forEach(name -> beans.registerBeanDefinition(name, new RootBeanDefinition(Object.class)));
        return beans;
    }
}
