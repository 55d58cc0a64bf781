package io.flame4j.spring.internal.runner;

import io.flame4j.spring.properties.RunnerProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;

/**
 * Takes out, before they are made, the beans that find {@code @Scheduled} methods and those for messages. Spring's
 * projects name them all after one fashion, so that no project need be known here.
 */
final class NoProcessors implements BeanDefinitionRegistryPostProcessor {

    private static final Pattern SCHEDULING =
            Pattern.compile("org\\.springframework\\..*\\.internalScheduledAnnotationProcessor");

    private static final Pattern LISTENERS =
            Pattern.compile("org\\.springframework\\..*\\.internal\\w*(Listener|Reader)AnnotationProcessor");

    private final List<Pattern> names = new ArrayList<>();

    NoProcessors(RunnerProperties runner) {
        if (!runner.scheduling()) {
            names.add(SCHEDULING);
        }
        if (!runner.listeners()) {
            names.add(LISTENERS);
        }
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        // Too early: the classes that enable them have not been read yet.
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        if (!(factory instanceof BeanDefinitionRegistry registry)) {
            return;
        }
        for (String bean : registry.getBeanDefinitionNames()) {
            if (names.stream().anyMatch(name -> name.matcher(bean).matches())) {
                registry.removeBeanDefinition(bean);
            }
        }
    }
}
