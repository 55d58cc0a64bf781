package io.flame4j.spring.internal.pool;

import io.flame4j.FlamePool;
import io.flame4j.spring.internal.runner.Contexts;
import io.flame4j.spring.properties.FlameProperties;
import io.flame4j.spring.properties.PoolProperties;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Registers a bean for each pool that the environment names. Its qualifier is the pool's name; its own name is that with
 * {@code FlamePool} after it, and the pool's name itself too, where no other bean has it.
 */
public final class PoolRegistrar implements BeanDefinitionRegistryPostProcessor, DisposableBean {

    private static final String SUFFIX = "FlamePool";

    private final ConfigurableApplicationContext context;

    /**
     * Makes one.
     *
     * @param context the context that gets the beans
     */
    public PoolRegistrar(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** The name of a pool's bean. */
    public static String beanName(String pool) {
        return pool + SUFFIX;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        FlameProperties properties = PropertyBinding.bind(context.getEnvironment());
        context.getBeanFactory().registerSingleton(FlameProperties.class.getName(), properties);
        properties.pools().forEach((name, pool) -> register(name, pool, properties, registry));
    }

    private void register(
            String name, PoolProperties pool, FlameProperties properties, BeanDefinitionRegistry registry) {
        RootBeanDefinition definition =
                new RootBeanDefinition(FlamePool.class, () -> new PoolFactory(context, properties).create(name, pool));
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definition.setDestroyMethodName("close");
        // What is wrong with it shows when the application starts, even where other beans are lazy.
        definition.setLazyInit(false);
        registry.registerBeanDefinition(beanName(name), definition);
        if (!registry.isBeanNameInUse(name)) {
            registry.registerAlias(beanName(name), name);
        }
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        // All is done in the registry.
    }

    /** After the pools, whose last tasks may still ask for the context. */
    @Override
    public void destroy() {
        Contexts.forget(context);
    }
}
