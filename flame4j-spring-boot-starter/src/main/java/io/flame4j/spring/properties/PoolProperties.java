package io.flame4j.spring.properties;

import io.flame4j.Dispatch;
import io.flame4j.LogForwarding;
import io.flame4j.RemoteCheck;
import io.flame4j.RunnerInitializer;
import io.flame4j.codec.Codec;
import io.flame4j.context.ContextPropagator;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code flame4j.pools.<name>}: a pool. It has as many components as a pool has options; what is left out has the default
 * of {@link io.flame4j.FlamePoolBuilder}, unless it says otherwise here.
 *
 * @param backend what starts the runners of this pool; default flame4j.backend
 * @param min fewest runners; default 0
 * @param start whether the application's start waits for min runners, and fails with them, or goes on while they boot:
 *     wait or background; default wait
 * @param max most runners; default: the number of processors
 * @param maxConcurrency most calls a runner executes at a time; default 100
 * @param headroom free slots that are kept booted, or booting, ahead of demand; default 0
 * @param bootParallelism most boots at a time; default: what the backend finds right
 * @param dispatch which runner takes the next call; default spread
 * @param singleUse whether a runner ends after its first call; default false
 * @param timeout time limit of a call that sets none; default 30s
 * @param bootTimeout time limit of a boot; default 60s, since a runner starts the application's context
 * @param shutdownTimeout how long running calls may take to finish at the end; default 30s
 * @param idleShutdownAfter how long a runner above min stays without a call; default 30s
 * @param idleCheck class of a RemoteCheck that an idle runner is asked before it stops
 * @param minIdleShutdownAfter how long one of the min runners stays without a call; default: forever
 * @param maxQueued most calls that wait when the pool cannot grow for them; default: no bound
 * @param trackResources whether Trackable objects in results keep their runner alive; default false
 * @param shutdownHook whether the pool ends as soon as the JVM begins to end; default: only where Spring has no shutdown
 *     hook of its own (spring.main.register-shutdown-hook=false)
 * @param listener name of the PoolListener bean that hears what the pool does; default: all such beans
 * @param codec class of the Codec; default: JDK serialization
 * @param resultFilter what this process takes from its runners
 * @param executor name of the Executor bean that carries asynchronous calls; default: a pool of its own
 * @param initializer class of the RunnerInitializer that prepares a runner, after its context has started
 * @param contextPropagators classes of the ContextPropagators that say what travels with a call, and no others;
 *     empty for nothing; default: the MDC, and those that ServiceLoader finds
 * @param forwardLogs what of its runners' logs this process logs: off, output or on; default
 *     output
 * @param heartbeat how often parent and runner tell each other that they are there; default 5s
 * @param interruptGrace how long a task may go on after it was interrupted; default 10s
 * @param process options of processes
 * @param kubernetes options of pods
 * @param local options of threads
 * @since 0.1
 */
public record PoolProperties(
        @Nullable BackendKind backend,
        @Nullable Integer min,
        @Nullable PoolStart start,
        @Nullable Integer max,
        @Nullable Integer maxConcurrency,
        @Nullable Integer headroom,
        @Nullable Integer bootParallelism,
        @Nullable Dispatch dispatch,
        @Nullable Boolean singleUse,
        @Nullable Duration timeout,
        @Nullable Duration bootTimeout,
        @Nullable Duration shutdownTimeout,
        @Nullable Duration idleShutdownAfter,
        @Nullable Class<? extends RemoteCheck> idleCheck,
        @Nullable Duration minIdleShutdownAfter,
        @Nullable Integer maxQueued,
        @Nullable Boolean trackResources,
        @Nullable Boolean shutdownHook,
        @Nullable String listener,
        @Nullable Class<? extends Codec> codec,
        @DefaultValue ResultFilterProperties resultFilter,
        @Nullable String executor,
        @Nullable Class<? extends RunnerInitializer> initializer,
        @Nullable List<Class<? extends ContextPropagator>> contextPropagators,
        @Nullable LogForwarding forwardLogs,
        @Nullable Duration heartbeat,
        @Nullable Duration interruptGrace,
        @DefaultValue ProcessProperties process,
        @DefaultValue KubernetesProperties kubernetes,
        @DefaultValue LocalProperties local) {

    /** Copies. */
    public PoolProperties {
        contextPropagators = contextPropagators == null ? null : List.copyOf(contextPropagators);
    }
}
