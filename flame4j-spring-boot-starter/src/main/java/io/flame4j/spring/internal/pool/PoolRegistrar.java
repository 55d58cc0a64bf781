package io.flame4j.spring.internal.pool;

import io.flame4j.FlamePool;
import io.flame4j.spring.internal.runner.Contexts;
import io.flame4j.spring.properties.FlameProperties;
import io.flame4j.spring.properties.PoolProperties;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Registers a bean for each pool that the environment names. Its qualifier is the pool's name; its own name is that with
 * {@code FlamePool} after it, and the pool's name itself too, where no other bean has it.
 */
public final class PoolRegistrar implements BeanDefinitionRegistryPostProcessor, DisposableBean {

    private static final String SUFFIX = "FlamePool";
    private static final String MARK = PoolRegistrar.class.getName();

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

    /** Whether a bean is one of the pools here, and none that the application made. */
    static boolean isPool(BeanDefinition definition) {
        return definition.hasAttribute(MARK);
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        FlameProperties properties = PropertyBinding.bind(context.getEnvironment());
        context.getBeanFactory().registerSingleton(FlameProperties.class.getName(), properties);
        BackgroundStarts background = new BackgroundStarts();
        context.getBeanFactory().registerSingleton(BackgroundStarts.class.getName(), background);
        PoolFactory factory = new PoolFactory(context, properties, background);
        properties.pools().forEach((name, pool) -> {
            // The environment of a child context has the properties of its parent, whose pool its beans get.
            if (!ancestorHas(beanName(name))) {
                register(name, pool, factory, registry);
            }
        });
    }

    private boolean ancestorHas(String bean) {
        ApplicationContext ancestor = context.getParent();
        while (ancestor != null) {
            if (ancestor instanceof ConfigurableApplicationContext other
                    && other.getBeanFactory().containsBeanDefinition(bean)
                    && isPool(other.getBeanFactory().getBeanDefinition(bean))) {
                return true;
            }
            ancestor = ancestor.getParent();
        }
        return false;
    }

    private void register(String name, PoolProperties pool, PoolFactory factory, BeanDefinitionRegistry registry) {
        RootBeanDefinition definition = new RootBeanDefinition(FlamePool.class, () -> factory.create(name, pool));
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definition.setDestroyMethodName("close");
        // What is wrong with it shows when the application starts, even where other beans are lazy.
        definition.setLazyInit(false);
        definition.setAttribute(MARK, true);
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
