package io.flame4j.spring.internal.actuate;

import io.flame4j.FlamePool;
import io.flame4j.PoolStats;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@code /actuator/flame}: the pools of the application's context. Read-only unless the application says
 * {@code management.endpoint.flame.access=unrestricted}: who has the endpoint exposed to look at pools must not have given
 * everybody the right to stop or multiply their runners.
 */
@Endpoint(id = "flame", defaultAccess = Access.READ_ONLY)
public class FlameEndpoint {

    private final ObjectProvider<FlamePool> pools;
    private final PoolHistory history;

    /**
     * Makes one.
     *
     * @param pools the pools
     * @param history what has become of their runners
     */
    public FlameEndpoint(ObjectProvider<FlamePool> pools, PoolHistory history) {
        this.pools = pools;
        this.history = history;
    }

    /**
     * All pools.
     *
     * @param pools the pools by name
     */
    public record Overview(Map<String, Pool> pools) {}

    /**
     * A pool.
     *
     * @param stats what it does now
     * @param recent the latest boots, failed boots and losses, the last one first
     */
    public record Pool(PoolStats stats, List<PoolHistory.Event> recent) {}

    /** The pools. */
    @ReadOperation
    public Overview flame() {
        Map<String, Pool> all = new TreeMap<>();
        pools.stream().forEach(pool -> all.put(pool.name(), describe(pool)));
        return new Overview(all);
    }

    /** A pool; null, which is 404, when there is none of the name. */
    @ReadOperation
    public @Nullable Pool pool(@Selector String pool) {
        FlamePool found = find(pool);
        return found == null ? null : describe(found);
    }

    /** Changes the bounds of a pool; one that is left out stays as it is. */
    @WriteOperation
    public Pool resize(@Selector String pool, @Nullable Integer min, @Nullable Integer max) {
        FlamePool found = find(pool);
        if (found == null) {
            throw invalid("There is no pool '" + pool + "'. The pools are "
                    + pools.stream().map(FlamePool::name).sorted().toList() + ".");
        }
        PoolStats now = found.stats();
        try {
            found.resize(min != null ? min : now.min(), max != null ? max : now.max());
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
        return describe(found);
    }

    private static InvalidEndpointRequestException invalid(String problem) {
        return new InvalidEndpointRequestException(problem, problem);
    }

    private @Nullable FlamePool find(String name) {
        return pools.stream()
                .filter(pool -> pool.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private Pool describe(FlamePool pool) {
        return new Pool(pool.stats(), history.of(pool.name()));
    }
}
