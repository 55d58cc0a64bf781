package io.flame4j.micrometer;

import io.flame4j.Flame;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Metrics of all pools of this process: those that are open when it is bound, and those that are built later. The meters of a
 * pool are removed when it closes. Their names begin with {@code flame.pool}, and each has the tag {@code pool}; which there
 * are is in docs/observability.md.
 *
 * <p>Thread-safe. Nothing here blocks; a call takes one to three microseconds more when it is measured.
 *
 * @since 0.1
 */
public final class FlameMetrics implements MeterBinder, AutoCloseable {

    private final Tags tags;

    /** Guarded by this. */
    private final Map<MeterRegistry, RegistryBinding> bindings = new IdentityHashMap<>();

    /** Makes a binder whose meters have no tags but their own. */
    public FlameMetrics() {
        this(List.of());
    }

    /**
     * Makes a binder.
     *
     * @param tags for each of its meters, besides those that they have
     */
    public FlameMetrics(Iterable<Tag> tags) {
        this.tags = Tags.of(Objects.requireNonNull(tags, "tags"));
    }

    /**
     * Adds the meters of all pools to a registry, and from now on those of new pools. Does nothing when that was done
     * already.
     *
     * @param registry the registry
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        RegistryBinding binding = new RegistryBinding(registry, tags);
        synchronized (this) {
            if (bindings.putIfAbsent(registry, binding) != null) {
                return;
            }
        }
        Flame.addListener(binding);
    }

    /** Removes all meters from all registries, and measures no more. It may be bound again. */
    @Override
    public void close() {
        List<RegistryBinding> ended;
        synchronized (this) {
            ended = List.copyOf(bindings.values());
            bindings.clear();
        }
        for (RegistryBinding binding : ended) {
            Flame.removeListener(binding);
            binding.close();
        }
    }
}
