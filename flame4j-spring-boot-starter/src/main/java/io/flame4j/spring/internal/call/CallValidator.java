package io.flame4j.spring.internal.call;

import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** Looks at the classes of all beans, lazy ones too, before the first is made, and tells all that is wrong at once. */
public final class CallValidator implements BeanFactoryPostProcessor {

    private final Environment environment;

    /**
     * Makes one.
     *
     * @param environment the context's environment
     */
    public CallValidator(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        CallChecks checks = new CallChecks(beans, environment);
        List<String> problems = new ArrayList<>();
        for (String name : beans.getBeanDefinitionNames()) {
            if (beans.getBeanDefinition(name).isAbstract()) {
                continue;
            }
            Class<?> type = beans.getType(name, false);
            if (type != null && !type.isInterface()) {
                Class<?> user = ClassUtils.getUserClass(type);
                problems.addAll(checks.problems(name, user));
                checks.done(name, user);
            }
        }
        if (!problems.isEmpty()) {
            throw checks.refusal(problems);
        }
    }
}
