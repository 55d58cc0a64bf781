package io.flame4j.testkit;

import io.flame4j.Flame;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.backend.Backend;
import io.flame4j.backend.LocalBackend;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test its pools, ends them after it, and fails it when something of them is left.
 *
 * <pre>{@code
 * @RegisterExtension
 * final FlameExtension flame = FlameExtension.create();
 *
 * @Test
 * void test() {
 *     FlamePool pool = flame.pool().max(2).build();
 *     …
 * }
 * }</pre>
 *
 * <p>After each test and its {@code @AfterEach} methods, {@link FlamePool#shutdownNow()} ends the pools that were built
 * with {@link #pool()}. Then neither a process of one of their runners nor one of their threads may be left, or the test
 * fails with an {@link AssertionError} that names them. Other pools of the JVM are left alone.
 *
 * <p>Tests and their {@code @BeforeEach} and {@code @AfterEach} methods may also have a parameter of type
 * {@link FlamePool}: one pool for each test, with the extension's backend and defaults. For these alone,
 * {@code @ExtendWith(FlameExtension.class)} is enough.
 *
 * <p>Works with JUnit 5 and 6. Thread-safe. As an instance field each test has an extension of its own. One in a static
 * field ends all pools made with {@link #pool()} after each test, so tests that share it must not run at the same time;
 * those that only have parameters may.
 *
 * @since 0.1
 */
public final class FlameExtension implements AfterEachCallback, ParameterResolver {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Supplier<? extends Backend> backends;
    private final Duration grace;

    /** The names of pools that may have been built. */
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    /** The pools that are parameters, by the id of their test. */
    private final Map<String, FlamePool> parameters = new ConcurrentHashMap<>();

    /** For {@code @ExtendWith}; tests use {@link #create()}. */
    public FlameExtension() {
        this(LocalBackend::create, LeakCheck.GRACE);
    }

    private FlameExtension(Supplier<? extends Backend> backends, Duration grace) {
        this.backends = Objects.requireNonNull(backends, "backends");
        this.grace = Objects.requireNonNull(grace, "grace");
    }

    /**
     * An extension whose pools run on threads of this JVM, on {@link LocalBackend#create()}: tasks and results still
     * make the trip through bytes, so that what cannot travel is found.
     *
     * @return a new extension
     */
    public static FlameExtension create() {
        return new FlameExtension();
    }

    /**
     * The same with another backend.
     *
     * @param backends gives each pool its own, such as {@code ProcessBackend::create}
     * @return a new extension
     */
    public FlameExtension backend(Supplier<? extends Backend> backends) {
        return new FlameExtension(backends, grace);
    }

    /**
     * The same with another time for what ends by itself after {@link FlamePool#shutdownNow()}. Default 15 seconds,
     * which only a test that fails takes.
     *
     * @param grace how long threads and processes may take to end
     * @return a new extension
     */
    public FlameExtension grace(Duration grace) {
        return new FlameExtension(backends, grace);
    }

    /**
     * Starts to build a pool with a name of its own and this extension's backend. The test sets what else it needs, and
     * need not close the pool.
     *
     * @return a new builder
     */
    public FlamePoolBuilder pool() {
        String name = nextName();
        names.add(name);
        return FlamePool.builder(name).backend(backends.get());
    }

    private static String nextName() {
        return "flame-test-" + NUMBERS.incrementAndGet();
    }

    /** Whether it is a {@link FlamePool} of a test, or of a method that runs for each test. */
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == FlamePool.class
                && parameter.getDeclaringExecutable() instanceof Method
                && context.getTestMethod().isPresent();
    }

    /** The pool of the test, built when it is first asked for. */
    @Override
    public FlamePool resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameters.computeIfAbsent(
                context.getUniqueId(),
                id -> FlamePool.builder(nextName()).backend(backends.get()).build());
    }

    /**
     * Ends the pools, and waits until nothing is left of them.
     *
     * @throws AssertionError when something stays; the message names it
     */
    @Override
    public void afterEach(ExtensionContext context) {
        Set<String> ended = new HashSet<>(names);
        names.removeAll(ended);
        ended.forEach(FlameExtension::shutDown);
        FlamePool parameter = parameters.remove(context.getUniqueId());
        if (parameter != null) {
            parameter.shutdownNow();
            ended.add(parameter.name());
        }
        LeakCheck.awaitNothing(context.getDisplayName(), grace, () -> LeakCheck.leftoversOf(ended));
    }

    private static void shutDown(String name) {
        FlamePool pool;
        try {
            pool = Flame.pool(name);
        } catch (IllegalArgumentException e) {
            // Never built, or closed by the test.
            return;
        }
        pool.shutdownNow();
    }
}
