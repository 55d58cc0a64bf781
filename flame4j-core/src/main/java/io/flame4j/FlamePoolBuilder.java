package io.flame4j;

import io.flame4j.backend.Backend;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.codec.Codec;
import io.flame4j.context.ContextPropagator;
import io.flame4j.internal.closure.ReferenceCodec;
import io.flame4j.internal.context.CarriedContext;
import io.flame4j.internal.context.Propagators;
import io.flame4j.internal.pool.DefaultFlamePool;
import io.flame4j.internal.pool.PoolConfig;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link FlamePool}. Values are checked as they are set. Not thread-safe; may be used to build once.
 *
 * @since 0.1
 */
public final class FlamePoolBuilder {

    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?");
    /** A hundred years: longer durations stand for "never", and sums of two still fit nanoseconds. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    /** Three of them, the silence after which a runner is lost, still fit nanoseconds. */
    private static final Duration LONGEST_HEARTBEAT = Duration.ofDays(365);

    private final String name;
    private @Nullable Backend backend;
    private int min = 0;
    private int max = Math.max(1, Runtime.getRuntime().availableProcessors());
    private int maxConcurrency = 100;
    private int headroom = 0;
    private int bootParallelism = 0;
    private Dispatch dispatch = Dispatch.SPREAD;
    private boolean singleUse;
    private Duration timeout = Duration.ofSeconds(30);
    private Duration bootTimeout = Duration.ofSeconds(30);
    private Duration shutdownTimeout = Duration.ofSeconds(30);
    private Duration idleShutdownAfter = Duration.ofSeconds(30);
    private @Nullable RemoteCheck idleCheck;
    private Duration minIdleShutdownAfter = FOREVER;
    private Duration heartbeat = Duration.ofSeconds(5);
    private Duration interruptGrace = Duration.ofSeconds(10);
    private int maxQueued = Integer.MAX_VALUE;
    private boolean trackResources;
    private boolean shutdownHook = true;
    private final List<PoolListener> listeners = new ArrayList<>();
    private Codec codec = Codec.jdk();
    private Codec resultCodec = codec;
    private ResultFilter resultFilter = ResultFilter.standard();
    private @Nullable Executor executor;
    private @Nullable Class<? extends RunnerInitializer> initializer;
    private @Nullable List<ContextPropagator> propagators;
    private LogForwarding logs = LogForwarding.OUTPUT;

    FlamePoolBuilder(String name) {
        if (!NAME.matcher(Objects.requireNonNull(name, "name")).matches()) {
            throw new IllegalArgumentException("The pool name '" + name + "' is malformed. Use 1 to 40 lower-case"
                    + " letters, digits and dashes, beginning with a letter and not ending with a dash.");
        }
        this.name = name;
    }

    /**
     * What starts the runners. Default: {@link ProcessBackend#create()}. The pool owns it and closes it,
     * unless the backend says that several pools may share it.
     *
     * @param backend the backend
     * @return this
     */
    public FlamePoolBuilder backend(Backend backend) {
        this.backend = Objects.requireNonNull(backend, "backend");
        return this;
    }

    /**
     * Fewest runners. They boot in {@link #build()}, are replaced when lost, and stop only after
     * {@link #minIdleShutdownAfter(Duration)}. Default 0. Taken as 0 when this process is itself a runner.
     *
     * @param min how many, 0 or more
     * @return this
     */
    public FlamePoolBuilder min(int min) {
        this.min = atLeast("min", min, 0);
        return this;
    }

    /**
     * Most runners, those that boot or stop included. Default: the number of processors.
     *
     * @param max how many, 1 or more
     * @return this
     */
    public FlamePoolBuilder max(int max) {
        this.max = atLeast("max", max, 1);
        return this;
    }

    /**
     * Most calls a runner executes at a time: its slots. Default 100.
     *
     * @param slots how many, 1 to 10,000
     * @return this
     */
    public FlamePoolBuilder maxConcurrency(int slots) {
        if (slots > 10_000) {
            throw new IllegalArgumentException("maxConcurrency must be at most 10000, but is " + slots);
        }
        this.maxConcurrency = atLeast("maxConcurrency", slots, 1);
        return this;
    }

    /**
     * Spare capacity: as many free slots are kept booted, or booting, ahead of demand, as far as {@link #max(int)}
     * allows. Default 0.
     *
     * @param slots how many, 0 or more
     * @return this
     */
    public FlamePoolBuilder headroom(int slots) {
        this.headroom = atLeast("headroom", slots, 0);
        return this;
    }

    /**
     * Most boots at a time. Default: what the backend finds right ({@link Backend#bootParallelism()}).
     *
     * @param boots how many, 1 or more
     * @return this
     */
    public FlamePoolBuilder bootParallelism(int boots) {
        this.bootParallelism = atLeast("bootParallelism", boots, 1);
        return this;
    }

    /**
     * Which runner takes the next call. Default {@link Dispatch#SPREAD}.
     *
     * @param dispatch the rule
     * @return this
     */
    public FlamePoolBuilder dispatch(Dispatch dispatch) {
        this.dispatch = Objects.requireNonNull(dispatch, "dispatch");
        return this;
    }

    /**
     * Whether a runner stops after its first call and is never given a second. Default false.
     *
     * @param singleUse whether it does
     * @return this
     */
    public FlamePoolBuilder singleUse(boolean singleUse) {
        this.singleUse = singleUse;
        return this;
    }

    /**
     * The time limit of a call that sets none itself: waiting, booting and running together. Default 30 seconds.
     *
     * @param timeout the limit, positive
     * @return this
     */
    public FlamePoolBuilder timeout(Duration timeout) {
        this.timeout = positive("timeout", timeout);
        return this;
    }

    /**
     * The time from the request for a runner until it is ready; after that the boot has failed. Default 30 seconds.
     *
     * @param timeout the limit, positive
     * @return this
     */
    public FlamePoolBuilder bootTimeout(Duration timeout) {
        this.bootTimeout = positive("bootTimeout", timeout);
        return this;
    }

    /**
     * How long running calls may take to finish when the pool closes, when a runner drains, and when detached work
     * outlives the parent. Default 30 seconds.
     *
     * @param timeout the limit, positive
     * @return this
     */
    public FlamePoolBuilder shutdownTimeout(Duration timeout) {
        this.shutdownTimeout = positive("shutdownTimeout", timeout);
        return this;
    }

    /**
     * How long a runner above {@link #min(int)} stays without a call before it is stopped. Default 30 seconds.
     *
     * @param idle the time, positive
     * @return this
     */
    public FlamePoolBuilder idleShutdownAfter(Duration idle) {
        this.idleShutdownAfter = positive("idleShutdownAfter", idle);
        this.idleCheck = null;
        return this;
    }

    /**
     * As {@link #idleShutdownAfter(Duration)}, but the runner is asked first: when the check says {@code false}, it
     * stays for another such period.
     *
     * @param idle the time, positive
     * @param check runs on the idle runner; true lets it stop
     * @return this
     */
    public FlamePoolBuilder idleShutdownAfter(Duration idle, RemoteCheck check) {
        this.idleShutdownAfter = positive("idleShutdownAfter", idle);
        this.idleCheck = Objects.requireNonNull(check, "check");
        return this;
    }

    /**
     * How long one of the {@link #min(int)} runners stays without a call before it is stopped. Default: forever. A
     * runner stopped this way is started again by the next call that needs it, not by the minimum.
     *
     * @param idle the time, positive
     * @return this
     */
    public FlamePoolBuilder minIdleShutdownAfter(Duration idle) {
        this.minIdleShutdownAfter = positive("minIdleShutdownAfter", idle);
        return this;
    }

    /**
     * Most calls that wait for a slot when the pool cannot grow for them; one more is refused with
     * {@link PoolSaturatedException}. Calls that wait for the slots of a runner that boots, or that the pool may still
     * boot, do not count. 0 refuses a call that finds every slot of {@link #max(int)} runners taken. Default: no bound.
     *
     * @param calls how many, 0 or more
     * @return this
     */
    public FlamePoolBuilder maxQueued(int calls) {
        this.maxQueued = atLeast("maxQueued", calls, 0);
        return this;
    }

    /**
     * Whether {@link Trackable} objects in results keep their runner alive. Default false.
     *
     * @param track whether they do
     * @return this
     */
    public FlamePoolBuilder trackResources(boolean track) {
        this.trackResources = track;
        return this;
    }

    /**
     * Hears what the pool does. May be called several times: each listener hears all. Default: nobody, but for those of
     * {@link Flame#addListener}.
     *
     * @param listener one more listener
     * @return this
     */
    public FlamePoolBuilder listener(PoolListener listener) {
        this.listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Turns captured values, results and exceptions into bytes. Default: {@link Codec#jdk()}.
     *
     * @param codec the codec; its class must be public, have a public no-argument constructor and be on the runner's
     *     class path
     * @return this
     * @throws IllegalArgumentException when a runner could not make one
     */
    public FlamePoolBuilder codec(Codec codec) {
        Objects.requireNonNull(codec, "codec");
        requireMakeable("codec", codec.getClass());
        this.resultCodec = Objects.requireNonNull(codec.resultCodec(), "the codec's resultCodec()");
        this.codec = codec;
        return this;
    }

    /**
     * Decides what this process takes from its runners: which classes may be made of the bytes of results, progress
     * values and exceptions, and how large these may be. What is refused fails its call with a
     * {@link ResultSerializationException}. The filter of the whole JVM ({@code jdk.serialFilter}) is asked as well.
     * Default: {@link ResultFilter#standard()}.
     *
     * @param filter the filter
     * @return this
     */
    public FlamePoolBuilder resultFilter(ResultFilter filter) {
        this.resultFilter = Objects.requireNonNull(filter, "resultFilter");
        return this;
    }

    /**
     * Runs the waiting part of {@code callAsync}, {@code cast} and {@code map}: one of its threads is used by each such
     * call that has a slot, none by those that wait for one. Default: virtual threads on Java 21 and later, else
     * daemon threads made on demand.
     *
     * @param executor an executor that does not bound its threads below the pool's slots; the pool does not close it
     * @return this
     */
    public FlamePoolBuilder executor(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /**
     * Prepares each runner before its first call. Default: nothing.
     *
     * @param initializer a public class with a public no-argument constructor; when it is nested, a static one
     * @return this
     * @throws IllegalArgumentException when a runner could not make an instance of it
     */
    public FlamePoolBuilder initializer(Class<? extends RunnerInitializer> initializer) {
        this.initializer = Objects.requireNonNull(initializer, "initializer");
        requireMakeable("initializer", initializer);
        return this;
    }

    /**
     * What travels from the calling thread to the task beside its captured values: exactly that of these propagators. None
     * of them: nothing does. Default: {@link io.flame4j.context.MdcPropagator}, and all that
     * {@link java.util.ServiceLoader} finds when the pool is built.
     *
     * @param propagators at most 16; the class of each must be on the runner's class path, and either be offered to
     *     {@link java.util.ServiceLoader} there or be public with a public no-argument constructor
     * @return this
     * @throws IllegalArgumentException when there are too many, or a runner could not make one
     */
    public FlamePoolBuilder contextPropagators(ContextPropagator... propagators) {
        List<ContextPropagator> given = List.of(propagators);
        if (given.size() > CarriedContext.MAX_PROPAGATORS) {
            throw new IllegalArgumentException("A pool has at most " + CarriedContext.MAX_PROPAGATORS
                    + " context propagators, but is given " + given.size());
        }
        for (ContextPropagator propagator : given) {
            Class<?> type = propagator.getClass();
            if (Propagators.offered(type.getName(), type.getClassLoader()) == null) {
                requireMakeable("context propagator", type);
            }
        }
        this.propagators = given;
        return this;
    }

    /**
     * Whether this process logs what its runners log: {@link LogForwarding#ON} or {@link LogForwarding#OFF}. Default: neither,
     * but {@link LogForwarding#OUTPUT}.
     *
     * @param on whether it does
     * @return this
     */
    public FlamePoolBuilder forwardLogs(boolean on) {
        return forwardLogs(on ? LogForwarding.ON : LogForwarding.OFF);
    }

    /**
     * What of its runners' logs this process logs. Default {@link LogForwarding#OUTPUT}. A task never waits for its log to
     * be forwarded: what is more than a mebibyte a second, or 4,096 events at once, is left out, and how much that was is
     * said.
     *
     * @param logs what
     * @return this
     */
    public FlamePoolBuilder forwardLogs(LogForwarding logs) {
        this.logs = Objects.requireNonNull(logs, "logs");
        return this;
    }

    /**
     * How often parent and runner tell each other that they are there; after three silent periods the other side is
     * taken for lost. Default 5 seconds.
     *
     * @param period the period, at least 100 milliseconds
     * @return this
     */
    public FlamePoolBuilder heartbeat(Duration period) {
        if (Objects.requireNonNull(period, "heartbeat").toMillis() < 100) {
            throw new IllegalArgumentException("heartbeat must be at least 100 ms, but is " + period);
        }
        this.heartbeat = period.compareTo(LONGEST_HEARTBEAT) > 0 ? LONGEST_HEARTBEAT : period;
        return this;
    }

    /**
     * How long a task may go on after it was interrupted. When it is still running then, its runner takes no new work,
     * finishes its other calls and ends. The caller never waits for this. Default 10 seconds.
     *
     * @param grace the time, positive
     * @return this
     */
    public FlamePoolBuilder interruptGrace(Duration grace) {
        this.interruptGrace = positive("interruptGrace", grace);
        return this;
    }

    /**
     * Whether the pool is {@link FlamePool#shutdownNow() shut down} as soon as the JVM begins to end, by SIGTERM for
     * instance. Switch it off in an application that has a shutdown hook of its own, in which it finishes its requests
     * before it closes the pool: hooks run side by side. Default true.
     *
     * @param hook whether there is a hook
     * @return this
     */
    public FlamePoolBuilder shutdownHook(boolean hook) {
        this.shutdownHook = hook;
        return this;
    }

    /**
     * Starts the pool, registers it under its name, and boots {@link #min(int)} runners. Blocks until those are ready.
     *
     * @return the pool
     * @throws IllegalArgumentException when {@code min} is greater than {@code max}
     * @throws IllegalStateException when a live pool has this name
     * @throws TaskSerializationException when the idle check cannot travel
     * @throws RunnerBootException when one of the first runners cannot be started; nothing is left running
     */
    public FlamePool build() {
        if (min > max) {
            throw new IllegalArgumentException(
                    "Pool '" + name + "': min must not be greater than max, but min=" + min + " and max=" + max);
        }
        Backend chosen = (backend == null ? ProcessBackend.create() : backend).forPool(name);
        boolean byReference = chosen instanceof LocalBackend local && !local.isSerializing();
        // Of each runner's pool the runners would have such pools, and so on.
        boolean onRunner = FlameParent.current().isPresent();
        return DefaultFlamePool.start(new PoolConfig(
                name,
                chosen,
                onRunner ? 0 : min,
                max,
                maxConcurrency,
                onRunner ? 0 : headroom,
                bootParallelism == 0 ? Math.max(1, chosen.bootParallelism()) : bootParallelism,
                dispatch,
                singleUse,
                timeout,
                bootTimeout,
                shutdownTimeout,
                idleShutdownAfter,
                idleCheck,
                minIdleShutdownAfter,
                heartbeat,
                interruptGrace,
                maxQueued,
                trackResources,
                shutdownHook,
                List.copyOf(listeners),
                byReference ? new ReferenceCodec() : codec,
                byReference ? new ReferenceCodec() : resultCodec,
                resultFilter.policy(),
                executor,
                initializer,
                propagators != null ? propagators : discoverPropagators(),
                logs));
    }

    private static List<ContextPropagator> discoverPropagators() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return Propagators.discover(context != null ? context : FlamePoolBuilder.class.getClassLoader());
    }

    /** Every runner would fail for it, so it is refused here. */
    private static void requireMakeable(String what, Class<?> type) {
        String obstacle = obstacle(type);
        if (obstacle != null) {
            throw new IllegalArgumentException("The " + what + " " + type.getTypeName() + " " + obstacle
                    + ", so a runner cannot make an instance of it. Use a public top-level or public static nested class"
                    + " with a public constructor that takes no arguments.");
        }
    }

    /** Why nobody outside can make an instance of a class without arguments; null when anybody can. */
    private static @Nullable String obstacle(Class<?> type) {
        if (type.isAnonymousClass() || type.isLocalClass()) {
            return "is " + (type.isAnonymousClass() ? "an anonymous" : "a local") + " class";
        }
        if (type.isHidden() || type.isSynthetic()) {
            return "is a lambda or another class that exists only here";
        }
        if (Modifier.isAbstract(type.getModifiers())) {
            return "is " + (type.isInterface() ? "an interface" : "abstract");
        }
        if (!Modifier.isPublic(type.getModifiers())) {
            return "is not public";
        }
        if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
            return "is an inner class, which needs an object of "
                    + type.getDeclaringClass().getTypeName();
        }
        boolean plain = Arrays.stream(type.getConstructors()).anyMatch(each -> each.getParameterCount() == 0);
        return plain ? null : "has no public constructor without parameters";
    }

    private static int atLeast(String option, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", but is " + value);
        }
        return value;
    }

    private static Duration positive(String option, Duration value) {
        Objects.requireNonNull(value, option);
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(option + " must be positive, but is " + value);
        }
        return value.compareTo(FOREVER) > 0 ? FOREVER : value;
    }
}
