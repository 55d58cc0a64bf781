package io.flame4j.spring.internal.call;

import io.flame4j.spring.FlameCall;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.aop.Advisor;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyProcessorSupport;
import org.springframework.aop.framework.autoproxy.AbstractAutoProxyCreator;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Puts the interceptor around beans with annotated methods, outside of all other advice: a transaction, for instance, then
 * begins on the runner.
 */
public final class CallProcessor extends ProxyProcessorSupport implements BeanPostProcessor {

    private static final long serialVersionUID = 1L;

    private final transient ConfigurableListableBeanFactory beans;
    private final transient Environment environment;
    private final transient Pools pools;
    private final transient CallChecks checks;

    /**
     * Makes one.
     *
     * @param beans the context's beans
     * @param environment the context's environment
     */
    public CallProcessor(ConfigurableListableBeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
        this.pools = new Pools(beans);
        this.checks = new CallChecks(beans, environment);
        setProxyTargetClass(checks.proxyClasses());
        // Processors of listeners, which come last, keep the bean that they are handed.
        setOrder(hasOwnCreators(beans) ? LOWEST_PRECEDENCE : LOWEST_PRECEDENCE - 1);
    }

    /**
     * Whether the application defines creators of proxies besides Spring's, which is first. They come last, too, and would
     * put their advice outside of ours.
     */
    private static boolean hasOwnCreators(ConfigurableListableBeanFactory beans) {
        return Arrays.stream(beans.getBeanNamesForType(AbstractAutoProxyCreator.class, true, false))
                .anyMatch(name -> !name.equals(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME));
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof AopInfrastructureBean || !pools.areKnown()) {
            return bean;
        }
        Class<?> type = AopUtils.getTargetClass(bean);
        Map<Method, FlameCall> methods = AnnotatedMethods.of(type);
        if (methods.isEmpty()) {
            return bean;
        }
        List<String> problems = checks.isDone(name, type) ? List.of() : checks.problems(name, type);
        if (!problems.isEmpty()) {
            throw checks.refusal(problems);
        }
        // The pool is closed after its users.
        methods.forEach((method, call) -> pools.candidates(
                        CallSettings.of(method, call, environment).pool())
                .forEach(pool -> beans.registerDependentBean(pool, name)));
        Advisor advisor = new DefaultPointcutAdvisor(
                new AnnotationMatchingPointcut(null, FlameCall.class, true),
                new CallInterceptor(name, type, pools, environment));
        if (bean instanceof Advised advised && !advised.isFrozen()) {
            advised.addAdvisor(0, advisor);
            return bean;
        }
        return proxy(bean, name, advisor);
    }

    private Object proxy(Object bean, String name, Advisor advisor) {
        ProxyFactory factory = new ProxyFactory();
        factory.copyFrom(this);
        factory.setTarget(bean);
        if (!factory.isProxyTargetClass()) {
            if (AutoProxyUtils.shouldProxyTargetClass(beans, name)) {
                factory.setProxyTargetClass(true);
            } else {
                evaluateProxyInterfaces(bean.getClass(), factory);
            }
        }
        factory.addAdvisor(advisor);
        return factory.getProxy(getProxyClassLoader());
    }
}
