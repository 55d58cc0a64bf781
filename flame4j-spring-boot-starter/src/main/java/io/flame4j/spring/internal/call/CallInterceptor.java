package io.flame4j.spring.internal.call;

import io.flame4j.FlamePool;
import io.flame4j.NamedTask;
import io.flame4j.RemoteAction;
import io.flame4j.TaskSerializationException;
import io.flame4j.spring.FlameCall;
import io.flame4j.spring.internal.runner.Contexts;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;

/** Sends calls of one bean's annotated methods to their pools. */
final class CallInterceptor implements MethodInterceptor {

    /** Where the path to what cannot travel leaves the task for one of its arguments. */
    private static final Pattern ARGUMENT = Pattern.compile("\\.arguments\\[(\\d{1,3})]");

    private final String bean;
    private final Class<?> type;
    private final Pools pools;
    private final Environment environment;
    private final Map<Method, Known> known = new ConcurrentHashMap<>();

    /**
     * Makes one.
     *
     * @param bean the bean's name
     * @param type the bean's own class
     */
    CallInterceptor(String bean, Class<?> type, Pools pools, Environment environment) {
        this.bean = bean;
        this.type = type;
        this.pools = pools;
        this.environment = environment;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        if (Contexts.inTask()) {
            return invocation.proceed();
        }
        Method method = invocation.getMethod();
        Known target = known.computeIfAbsent(method, this::know);
        CallSettings call = target.settings();
        FlamePool pool = pools.get(target.pool());
        BeanCall task = BeanCall.of(bean, method, invocation.getArguments());
        try {
            return switch (call.kind()) {
                case VALUE, DONE -> pool.call(task, call.options());
                case FUTURE -> pool.callAsync(task, call.options());
                case CAST -> {
                    pool.cast(new BeanCast(task), call.options());
                    yield null;
                }
            };
        } catch (TaskSerializationException e) {
            throw cannotTravel(method, e);
        }
    }

    /** The path to what cannot travel leads through the task, which says nothing of the method and its parameters. */
    private TaskSerializationException cannotTravel(Method method, TaskSerializationException e) {
        String message = String.valueOf(e.getMessage());
        Matcher argument = ARGUMENT.matcher(message);
        String parameter = "";
        if (argument.find()) {
            int index = Integer.parseInt(argument.group(1));
            Parameter declared = AnnotatedMethods.specific(method, type).getParameters()[index];
            parameter =
                    ", parameter " + (index + 1) + (declared.isNamePresent() ? " (" + declared.getName() + ")" : "");
        }
        return new TaskSerializationException(
                "Bean '" + bean + "', @FlameCall method " + MethodNames.of(method) + parameter + ": " + message, e);
    }

    private Known know(Method method) {
        Method annotated = AnnotatedMethods.specific(method, type);
        FlameCall call = AnnotatedElementUtils.findMergedAnnotation(annotated, FlameCall.class);
        if (call == null) {
            throw new IllegalStateException(MethodNames.of(method) + " has no @FlameCall");
        }
        CallSettings settings = CallSettings.of(annotated, call, environment);
        return new Known(settings, pools.candidates(settings.pool()).get(0));
    }

    /**
     * What is the same for all calls of a method. To look a pool up by its name may go through all beans.
     *
     * @param settings what the annotation says
     * @param pool the name of the pool's bean
     */
    private record Known(CallSettings settings, String pool) {}

    /** A call that nobody waits for. */
    record BeanCast(BeanCall call) implements RemoteAction<Exception>, NamedTask {

        @Override
        public void run() throws Exception {
            call.call();
        }

        @Override
        public String taskName() {
            return call.taskName();
        }

        @Override
        public String retriesSetting() {
            return call.retriesSetting();
        }
    }
}
