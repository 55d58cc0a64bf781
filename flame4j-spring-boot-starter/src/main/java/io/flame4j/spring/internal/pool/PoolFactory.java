package io.flame4j.spring.internal.pool;

import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.PoolListener;
import io.flame4j.RemoteCheck;
import io.flame4j.ResultFilter;
import io.flame4j.context.ContextPropagator;
import io.flame4j.spring.FlamePoolCustomizer;
import io.flame4j.spring.internal.runner.ApplicationFacts;
import io.flame4j.spring.internal.runner.Contexts;
import io.flame4j.spring.internal.runner.RunnerLaunch;
import io.flame4j.spring.internal.runner.SpringRunner;
import io.flame4j.spring.properties.BackendKind;
import io.flame4j.spring.properties.FlameProperties;
import io.flame4j.spring.properties.PoolProperties;
import io.flame4j.spring.properties.PoolStart;
import io.flame4j.spring.properties.ResultFilterProperties;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import org.springframework.beans.BeanUtils;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** Builds the pools of an application's context. */
final class PoolFactory {

    /** A runner starts the whole application, which takes its time. */
    private static final Duration BOOT_TIMEOUT = Duration.ofSeconds(60);

    private final ConfigurableApplicationContext context;
    private final FlameProperties properties;
    private final Environment environment;
    private final Beans beans;
    private final BackgroundStarts background;
    private final Observers observers;

    PoolFactory(ConfigurableApplicationContext context, FlameProperties properties, BackgroundStarts background) {
        this.background = background;
        this.context = context;
        this.properties = properties;
        this.environment = context.getEnvironment();
        this.beans = new Beans(context.getBeanFactory());
        this.observers = new Observers(context.getBeanFactory());
    }

    /** Builds a pool, or what stands for it on a runner. */
    FlamePool create(String name, PoolProperties pool) {
        boolean absent = Contexts.isRunner(environment) && !properties.runner().pools();
        // Boot makes beans of a closed context to report why it did not start; an exception would take the report's
        // place.
        if (absent || !context.isActive()) {
            return AbsentPool.of(name);
        }
        observers.makeBefore(PoolRegistrar.beanName(name));
        Settings settings = new Settings("flame4j.pools." + name);
        String liveName = BackendChoice.inTest(environment) ? freeName(name) : name;
        FlamePoolBuilder builder = builder(settings, liveName);
        apply(pool, settings, builder);
        BackendKind kind =
                BackendChoice.resolve(pool.backend() != null ? pool.backend() : properties.backend(), environment);
        if (kind == BackendKind.LOCAL) {
            Contexts.runTasksHere();
        }
        Map<String, String> launch = launch(pool, settings, builder, kind);
        builder.backend(BackendChoice.create(kind, pool, settings, beans, launch));
        context.getBeanProvider(FlamePoolCustomizer.class)
                .orderedStream()
                .forEach(customizer -> customizer.customize(name, builder));
        return build(liveName, pool, settings, builder);
    }

    private static FlamePoolBuilder builder(Settings settings, String name) {
        try {
            return FlamePool.builder(name);
        } catch (IllegalArgumentException e) {
            throw settings.invalid("", e);
        }
    }

    private FlamePool build(String name, PoolProperties pool, Settings settings, FlamePoolBuilder builder) {
        // Before the first runner, whose initializer may ask for it.
        Contexts.register(name, context);
        try {
            FlamePool built = builder.build();
            grow(pool, built);
            return built;
        } catch (IllegalArgumentException e) {
            Contexts.forget(name);
            throw settings.invalid(pool.min() != null ? "min" : "", e);
        } catch (RuntimeException e) {
            Contexts.forget(name);
            throw e;
        }
    }

    /** Of a pool whose runners boot while the application goes on. */
    private void grow(PoolProperties pool, FlamePool built) {
        Integer min = pool.min();
        if (min == null || pool.start() != PoolStart.BACKGROUND) {
            return;
        }
        background.add(built);
        try {
            built.resize(min, built.stats().max());
        } catch (RuntimeException e) {
            built.shutdownNow();
            throw e;
        }
    }

    private void apply(PoolProperties pool, Settings settings, FlamePoolBuilder builder) {
        if (pool.start() != PoolStart.BACKGROUND) {
            settings.set("min", pool.min(), builder::min);
        }
        settings.set("max", pool.max(), builder::max);
        settings.set("max-concurrency", pool.maxConcurrency(), builder::maxConcurrency);
        settings.set("headroom", pool.headroom(), builder::headroom);
        settings.set("boot-parallelism", pool.bootParallelism(), builder::bootParallelism);
        settings.set("dispatch", pool.dispatch(), builder::dispatch);
        settings.set("single-use", pool.singleUse(), builder::singleUse);
        settings.set("timeout", pool.timeout(), builder::timeout);
        settings.set(
                "boot-timeout", pool.bootTimeout() != null ? pool.bootTimeout() : BOOT_TIMEOUT, builder::bootTimeout);
        settings.set("shutdown-timeout", pool.shutdownTimeout(), builder::shutdownTimeout);
        idle(pool, settings, builder);
        settings.set("min-idle-shutdown-after", pool.minIdleShutdownAfter(), builder::minIdleShutdownAfter);
        settings.set("max-queued", pool.maxQueued(), builder::maxQueued);
        settings.set("track-resources", pool.trackResources(), builder::trackResources);
        builder.shutdownHook(pool.shutdownHook() != null ? pool.shutdownHook() : !springHasHook());
        listeners(pool, settings, builder);
        settings.set("codec", pool.codec(), type -> builder.codec(BeanUtils.instantiateClass(type)));
        filter(pool.resultFilter(), settings.below("result-filter"), builder);
        settings.set("executor", beans.named(settings, "executor", pool.executor(), Executor.class), builder::executor);
        settings.set(
                "context-propagators",
                pool.contextPropagators(),
                types -> builder.contextPropagators(
                        types.stream().map(BeanUtils::instantiateClass).toArray(ContextPropagator[]::new)));
        settings.set("forward-logs", pool.forwardLogs(), builder::forwardLogs);
        settings.set("heartbeat", pool.heartbeat(), builder::heartbeat);
        settings.set("interrupt-grace", pool.interruptGrace(), builder::interruptGrace);
    }

    private static void idle(PoolProperties pool, Settings settings, FlamePoolBuilder builder) {
        Class<? extends RemoteCheck> check = pool.idleCheck();
        Duration idle = pool.idleShutdownAfter();
        if (check == null) {
            settings.set("idle-shutdown-after", idle, builder::idleShutdownAfter);
        } else {
            settings.set(
                    "idle-check",
                    check,
                    type -> builder.idleShutdownAfter(
                            idle != null ? idle : Duration.ofSeconds(30), BeanUtils.instantiateClass(type)));
        }
    }

    private void listeners(PoolProperties pool, Settings settings, FlamePoolBuilder builder) {
        PoolListener named = beans.named(settings, "listener", pool.listener(), PoolListener.class);
        if (named != null) {
            builder.listener(named);
        } else {
            context.getBeanProvider(PoolListener.class).orderedStream().forEach(builder::listener);
        }
    }

    private static void filter(ResultFilterProperties filter, Settings settings, FlamePoolBuilder builder) {
        ResultFilter[] result = {ResultFilter.standard()};
        settings.setAll("allow", filter.allow(), all -> result[0] = ResultFilter.allowing(all.toArray(String[]::new)));
        settings.setAll(
                "also-allow",
                filter.alsoAllow(),
                all -> result[0] = result[0].alsoAllowing(all.toArray(String[]::new)));
        settings.set("max-depth", filter.maxDepth(), value -> result[0] = result[0].maxDepth(value));
        settings.set("max-references", filter.maxReferences(), value -> result[0] = result[0].maxReferences(value));
        settings.set("max-array-length", filter.maxArrayLength(), value -> result[0] = result[0].maxArrayLength(value));
        settings.set("max-bytes", filter.maxBytes(), value -> result[0] = result[0].maxBytes(value.toBytes()));
        builder.resultFilter(result[0]);
    }

    /** Tells runners how to start the application's context, in which the pool's initializer then runs. */
    private Map<String, String> launch(
            PoolProperties pool, Settings settings, FlamePoolBuilder builder, BackendKind kind) {
        // The builder checks the class, whoever makes the instance.
        settings.set("initializer", pool.initializer(), builder::initializer);
        if (kind == BackendKind.LOCAL || !properties.runner().context()) {
            return Map.of();
        }
        RunnerLaunch launch = ApplicationFacts.launch(
                context,
                properties.runner().mainClass(),
                BackendChoice.inTest(environment),
                pool.initializer() == null ? null : pool.initializer().getName());
        if (!launch.hasApplication()) {
            return Map.of();
        }
        builder.initializer(SpringRunner.class);
        return launch.toVariables();
    }

    private boolean springHasHook() {
        return environment.getProperty("spring.main.register-shutdown-hook", Boolean.class, true);
    }

    /** Contexts that tests keep live side by side, and so do their pools, which cannot have one name. */
    private static String freeName(String name) {
        String free = name;
        for (int number = 2; isLive(free); number++) {
            free = name + "-" + number;
        }
        return free;
    }

    private static boolean isLive(String name) {
        try {
            Flame.pool(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
