package io.flame4j.spring.internal.test;

import io.flame4j.spring.test.FlameTest;
import java.util.List;
import java.util.Set;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Marks the contexts of all tests as such, and makes those of {@code @FlameTest} what they are. */
public final class FlameTestCustomizers implements ContextCustomizerFactory {

    @Override
    public ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
        FlameTest test = TestContextAnnotationUtils.findMergedAnnotation(testClass, FlameTest.class);
        if (test == null) {
            return new TestCustomizer(false, null);
        }
        boolean whole = TestContextAnnotationUtils.hasAnnotation(testClass, SpringBootTest.class);
        return new TestCustomizer(true, whole ? null : Set.of(test.components()));
    }
}
