package io.flame4j.spring.internal.test;

import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import io.flame4j.spring.internal.pool.BackendChoice;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * What is different about the context of a test. Equal ones share a context, so that it must be a value.
 *
 * @param local whether the pools run in this JVM in any case
 * @param components of a slice, besides those with annotated methods; null for a whole application
 */
record TestCustomizer(boolean local, @Nullable Set<Class<?>> components) implements ContextCustomizer {

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(BackendChoice.IN_TEST, true);
        if (local) {
            settings.put(BackendChoice.FORCED, "local");
        }
        if (components != null) {
            settings.put(EnableAutoConfiguration.ENABLED_OVERRIDE_PROPERTY, false);
        }
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("flame4jTest", settings));
        if (components != null && context.getBeanFactory() instanceof BeanDefinitionRegistry registry) {
            context.getBeanFactory().registerSingleton(SliceFilter.class.getName(), new SliceFilter(components));
            new AnnotatedBeanDefinitionReader(registry, context.getEnvironment())
                    .register(
                            PropertyPlaceholderAutoConfiguration.class,
                            ConfigurationPropertiesAutoConfiguration.class,
                            FlameAutoConfiguration.class);
        }
    }
}
