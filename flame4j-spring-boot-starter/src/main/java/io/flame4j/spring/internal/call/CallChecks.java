package io.flame4j.spring.internal.call;

import io.flame4j.spring.FlameCall;
import io.flame4j.spring.InvalidFlameCallException;
import io.flame4j.spring.properties.CallProperties;
import io.flame4j.spring.properties.FlameProperties;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyProcessorSupport;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.ClassUtils;

/** What can be known to be wrong with annotated methods before the first is called. */
final class CallChecks {

    private static final Logger LOG = LoggerFactory.getLogger(CallChecks.class);
    private static final String DONE = CallChecks.class.getName();

    private final ConfigurableListableBeanFactory beans;
    private final Environment environment;
    private final Pools pools;
    private final Set<String> cures = Collections.synchronizedSet(new LinkedHashSet<>());

    CallChecks(ConfigurableListableBeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
        this.pools = new Pools(beans);
    }

    /** Whether proxies are made of classes, even where there are interfaces; Boot's own switch for that. */
    boolean proxyClasses() {
        return environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true);
    }

    /** Refuses what was found to be wrong. */
    InvalidFlameCallException refusal(List<String> problems) {
        return new InvalidFlameCallException(problems, cures);
    }

    /** Notes that a bean was looked at as one of a class, which need not be done again. */
    void done(String bean, Class<?> type) {
        beans.getBeanDefinition(bean).setAttribute(DONE, type);
    }

    /** Whether {@link #done} was told of it. */
    boolean isDone(String bean, Class<?> type) {
        return beans.containsBeanDefinition(bean)
                && type == beans.getBeanDefinition(bean).getAttribute(DONE);
    }

    /** What is wrong with the methods of a bean, each with bean, method and cure. */
    List<String> problems(String bean, Class<?> type) {
        Map<Method, FlameCall> methods = AnnotatedMethods.of(type);
        List<String> problems = new ArrayList<>();
        methods.forEach((method, call) -> {
            List<String> found = new ArrayList<>();
            access(bean, method, type, found);
            async(method, type, found);
            bean(bean, found);
            settings(method, call, type, found);
            found.forEach(problem ->
                    problems.add("Bean '" + bean + "', @FlameCall method " + MethodNames.of(method) + ": " + problem));
        });
        if (!methods.isEmpty()) {
            selfCalls(bean, type, methods, problems);
        }
        return problems;
    }

    private void access(String bean, Method method, Class<?> type, List<String> problems) {
        int modifiers = method.getModifiers();
        boolean interfaces =
                !proxyClasses() && !AutoProxyUtils.shouldProxyTargetClass(beans, bean) && new Interfaces().make(type);
        if (Modifier.isStatic(modifiers)) {
            problems.add("it is static, so it belongs to no bean. Make it an instance method.");
        } else if (Modifier.isPrivate(modifiers)) {
            problems.add("it is private, so that no proxy can stand before it. Make it public.");
        } else if (interfaces && !isOfInterface(method, type)) {
            problems.add("it is in none of the interfaces of its bean, whose proxy has only these"
                    + " (spring.aop.proxy-target-class=false). Declare it in an interface.");
        } else if (!interfaces && Modifier.isFinal(modifiers)) {
            problems.add("it is final, so that no proxy can stand before it. Leave final out.");
        } else if (!interfaces && Modifier.isFinal(type.getModifiers())) {
            problems.add("its class is final, so that there can be no proxy of it. Leave final out.");
        }
    }

    /** Two advices that both take a method elsewhere: which of them comes first depends on the application. */
    private static void async(Method method, Class<?> type, List<String> problems) {
        boolean ofMethod = AnnotatedElementUtils.hasAnnotation(method, Async.class);
        if (ofMethod || AnnotatedElementUtils.hasAnnotation(type, Async.class)) {
            problems.add((ofMethod ? "it is @Async as well" : "its class is @Async")
                    + ", which takes it to another thread, so that the call on the runner would end before its work does."
                    + " Leave @Async out: the caller goes on where the method returns a CompletableFuture, and where it is"
                    + " void without await.");
        }
    }

    private static boolean isOfInterface(Method method, Class<?> type) {
        return Arrays.stream(ClassUtils.getAllInterfacesForClass(type))
                .anyMatch(each -> ClassUtils.hasMethod(each, method.getName(), method.getParameterTypes()));
    }

    /** Spring's rule for which classes get a proxy of their interfaces: those by which it calls beans do not count. */
    private static final class Interfaces extends ProxyProcessorSupport {
        private static final long serialVersionUID = 1L;

        boolean make(Class<?> type) {
            ProxyFactory factory = new ProxyFactory();
            evaluateProxyInterfaces(type, factory);
            return !factory.isProxyTargetClass();
        }
    }

    private void bean(String bean, List<String> problems) {
        if (!beans.containsBeanDefinition(bean)) {
            return;
        }
        BeanDefinition definition = beans.getMergedBeanDefinition(bean);
        if (!definition.isSingleton()) {
            problems.add("its bean has the scope '" + definition.getScope()
                    + "', so that the runner would call another object. Make the bean a singleton.");
        }
    }

    private void settings(Method method, FlameCall call, Class<?> type, List<String> problems) {
        CallSettings settings;
        try {
            settings = CallSettings.of(method, call, environment);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return;
        }
        String problem = pools.problem(settings.pool());
        if (problem != null) {
            problems.add(problem);
            cures.add(pools.cure(settings.pool()));
        } else if (!pools.hasOwnCodec(settings.pool())) {
            values(method, settings.kind(), type, problems);
        }
    }

    private static void values(Method method, CallKind kind, Class<?> type, List<String> problems) {
        for (int i = 0; i < method.getParameterCount(); i++) {
            String culprit = TravelTypes.culprit(
                    ResolvableType.forMethodParameter(method, i, type).getType());
            if (culprit != null) {
                problems.add("parameter " + (i + 1) + " cannot travel to a runner: " + culprit);
            }
        }
        Type returned = returned(method, kind, type);
        String culprit = returned == null ? null : TravelTypes.culprit(returned);
        if (culprit != null) {
            problems.add("what it returns cannot travel back: " + culprit);
        }
    }

    private static @Nullable Type returned(Method method, CallKind kind, Class<?> type) {
        ResolvableType returned = ResolvableType.forMethodReturnType(method, type);
        return switch (kind) {
            case CAST, DONE -> null;
            case VALUE -> returned.getType();
            case FUTURE -> returned.getGeneric(0).getType();
        };
    }

    private void selfCalls(String bean, Class<?> type, Map<Method, FlameCall> methods, List<String> problems) {
        CallProperties.SelfInvocation rule =
                beans.getBean(FlameProperties.class).call().selfInvocation();
        if (rule == CallProperties.SelfInvocation.IGNORE) {
            return;
        }
        SelfCalls.of(type, methods.keySet()).forEach((method, caller) -> {
            String problem = "Bean '" + bean + "', @FlameCall method " + MethodNames.of(method) + ": " + caller
                    + " of the same class calls it on this, past the bean's proxy, so that it would run here and not on a"
                    + " runner. Call it from another bean, or on this bean injected into itself (@Lazy).";
            if (rule == CallProperties.SelfInvocation.WARN) {
                LOG.warn(problem);
            } else {
                problems.add(
                        problem + " Where the call is meant to run here, set flame4j.call.self-invocation=ignore.");
            }
        });
    }
}
