package io.flame4j.internal.pool;

import io.flame4j.Dispatch;
import io.flame4j.LogForwarding;
import io.flame4j.PoolListener;
import io.flame4j.RemoteCheck;
import io.flame4j.RunnerInitializer;
import io.flame4j.backend.Backend;
import io.flame4j.codec.Codec;
import io.flame4j.context.ContextPropagator;
import io.flame4j.internal.closure.ResultPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The options of a pool, checked by the builder; see there for their meaning. */
public record PoolConfig(
        String name,
        Backend backend,
        int min,
        int max,
        int maxConcurrency,
        int headroom,
        int bootParallelism,
        Dispatch dispatch,
        boolean singleUse,
        Duration timeout,
        Duration bootTimeout,
        Duration shutdownTimeout,
        Duration idleShutdownAfter,
        @Nullable RemoteCheck idleCheck,
        Duration minIdleShutdownAfter,
        Duration heartbeat,
        Duration interruptGrace,
        int maxQueued,
        boolean trackResources,
        boolean shutdownHook,
        List<PoolListener> listeners,
        Codec codec,
        Codec resultCodec,
        ResultPolicy resultPolicy,
        @Nullable Executor executor,
        @Nullable Class<? extends RunnerInitializer> initializer,
        List<ContextPropagator> propagators,
        LogForwarding logs) {}
