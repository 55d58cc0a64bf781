package io.flame4j.spring.internal.runner;

import io.flame4j.FlameParent;
import io.flame4j.RunnerContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Which context a task finds: that of its runner, or, on threads of the parent, the one that has the task's pool. Static,
 * since a task that arrives knows nothing.
 */
public final class Contexts {

    /** {@code runner} in the context of a runner; tests may set it to see how their application starts there. */
    public static final String ROLE = "flame4j.role";

    /** The value of {@link #ROLE} on runners. */
    static final String RUNNER = "runner";

    /** Written once, before the runner takes calls. */
    private static volatile @Nullable ApplicationContext ofRunner;

    private static final Map<String, ApplicationContext> BY_POOL = new ConcurrentHashMap<>();

    /** Whether a pool of this JVM has ever run its tasks on threads of it. */
    private static volatile boolean mayRunTasks = FlameParent.current().isPresent();

    private Contexts() {}

    /** Whether a context is that of a runner. */
    public static boolean isRunner(Environment environment) {
        String role = environment.getProperty(ROLE);
        return role == null ? FlameParent.current().isPresent() : role.equals(RUNNER);
    }

    /** Makes a context the one of this runner. */
    static void setRunner(ApplicationContext context) {
        ofRunner = context;
    }

    /** A pool runs its tasks on threads of this JVM. */
    public static void runTasksHere() {
        mayRunTasks = true;
    }

    /** Remembers which context has a pool. */
    public static void register(String pool, ApplicationContext context) {
        BY_POOL.put(pool, context);
    }

    /** Forgets a pool that was not built. */
    public static void forget(String pool) {
        BY_POOL.remove(pool);
    }

    /** Forgets a context that is closed. */
    public static void forget(ApplicationContext context) {
        BY_POOL.values().removeIf(each -> each == context);
    }

    /** Whether this thread runs a task. Cheap where no pool runs its tasks in this JVM. */
    public static boolean inTask() {
        return mayRunTasks && onTaskThread();
    }

    private static boolean onTaskThread() {
        try {
            RunnerContext.current();
            return true;
        } catch (IllegalStateException e) {
            // The only way to ask.
            return false;
        }
    }

    /** The context that the task of this thread finds. */
    public static ApplicationContext current() {
        ApplicationContext runner = ofRunner;
        if (runner != null) {
            return runner;
        }
        if (FlameParent.current().isPresent()) {
            throw new IllegalStateException("This runner has not started the application's context. Either"
                    + " flame4j.runner.context is false, or the pool was not made from properties, or the parent's"
                    + " context was not started by SpringApplication.");
        }
        if (!onTaskThread()) {
            throw new IllegalStateException(
                    "This thread runs no task of a pool, so there is no runner whose context it could"
                            + " ask for. FlameContext is for tasks; inject beans everywhere else.");
        }
        String pool = RunnerContext.current().pool();
        ApplicationContext context = BY_POOL.get(pool);
        if (context == null) {
            throw new IllegalStateException("The pool '" + pool
                    + "' is no bean of an application's context, so its tasks find none. Define the pool by properties,"
                    + " flame4j.pools." + pool + ".…");
        }
        return context;
    }
}
