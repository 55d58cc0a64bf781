package io.flame4j.spring.internal.call;

import io.flame4j.FlamePool;
import io.flame4j.codec.JdkCodec;
import io.flame4j.spring.internal.pool.Nearest;
import io.flame4j.spring.internal.pool.PoolRegistrar;
import io.flame4j.spring.properties.FlameProperties;
import io.flame4j.spring.properties.PoolProperties;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.StringUtils;

/**
 * The pools that annotations may name, by qualifier or name of their beans: those of properties, since the runners of others
 * do not start the application's context.
 */
record Pools(ConfigurableListableBeanFactory beans) {

    /**
     * Whether there are settings to look at. Boot makes beans once more for its report of a context that did not start and
     * is closed; what we throw then would take the place of the report.
     */
    boolean areKnown() {
        return beans.containsSingleton(FlameProperties.class.getName());
    }

    /** The beans that are meant; one, or something is wrong. Makes no bean. */
    List<String> candidates(String pool) {
        return matching(pool, names().stream().map(PoolRegistrar::beanName).toList());
    }

    private List<String> matching(String pool, List<String> all) {
        return pool.isEmpty()
                ? all
                : all.stream()
                        .filter(bean -> BeanFactoryAnnotationUtils.isQualifierMatch(pool::equals, bean, beans))
                        .toList();
    }

    /** What is wrong with a name, or null. */
    @Nullable
    String problem(String pool) {
        List<String> found = candidates(pool);
        if (found.size() == 1) {
            return beans.containsLocalBean(found.get(0))
                    ? null
                    : "its bean is of a child context, but the pool of the parent, whose runners do not have the bean. Make the"
                            + " bean one of the parent context.";
        }
        String foreign = found.isEmpty() ? foreign(pool) : null;
        if (foreign != null) {
            return "the pool '" + foreign
                    + "' is a bean of the application's own, whose runners have no beans. Define it by"
                    + " properties, such as flame4j.pools." + foreign + ".max=4.";
        }
        if (names().isEmpty()) {
            return "there is no pool. Define one, such as flame4j.pools." + (pool.isEmpty() ? "work" : pool)
                    + ".max=4.";
        }
        if (pool.isEmpty()) {
            return "it names no pool, but there are several: " + names() + ". Say @FlameCall(pool = …).";
        }
        String nearest = found.isEmpty() ? Nearest.of(pool, names()) : null;
        return "there " + (found.isEmpty() ? "is no pool" : "are several pools") + " '" + pool + "'. "
                + (nearest == null ? "" : "Did you mean '" + nearest + "'? ") + "The pools are " + names() + ".";
    }

    /** The name of a meant pool that the application makes itself, or null. */
    private @Nullable String foreign(String pool) {
        List<String> all = List.of(beans.getBeanNamesForType(FlamePool.class, true, false));
        List<String> found = matching(pool, all);
        return found.isEmpty() ? null : pool.isEmpty() ? found.get(0) : pool;
    }

    /** What to do about such a name. */
    String cure(String pool) {
        List<String> found = candidates(pool);
        if (found.size() == 1) {
            return "Move the beans with @FlameCall methods to the parent context, which has the pool.";
        }
        String foreign = found.isEmpty() ? foreign(pool) : null;
        if (foreign != null) {
            return "Define the pool '" + foreign + "' by properties and not by a bean of your own: set flame4j.pools."
                    + foreign + ".max=4, for instance. A FlamePoolCustomizer sets what no property can.";
        }
        if (pool.isEmpty() || !found.isEmpty()) {
            return names().isEmpty()
                    ? "Define a pool: set flame4j.pools.work.max=4, for instance."
                    : "Name one of the pools " + names() + " in @FlameCall(pool = …).";
        }
        String nearest = Nearest.of(pool, names());
        String define = "define the pool '" + pool + "': set flame4j.pools." + pool + ".max=4, for instance.";
        return names().isEmpty()
                ? StringUtils.capitalize(define)
                : "Name " + (nearest == null ? "one of the pools " + names() : "the pool '" + nearest + "'")
                        + " in @FlameCall(pool = …) instead of '" + pool + "', or " + define;
    }

    /** The pool of a bean's name. */
    FlamePool get(String bean) {
        return beans.getBean(bean, FlamePool.class);
    }

    private List<String> names() {
        return List.copyOf(properties().pools().keySet());
    }

    /** Whether the values of a pool's calls need not be serializable, since a codec of the user's takes care of them. */
    boolean hasOwnCodec(String pool) {
        FlameProperties properties = properties();
        PoolProperties settings = pool.isEmpty() && properties.pools().size() == 1
                ? properties.pools().values().iterator().next()
                : properties.pools().get(pool);
        return settings != null && settings.codec() != null && settings.codec() != JdkCodec.class;
    }

    private FlameProperties properties() {
        return beans.getBean(FlameProperties.class);
    }
}
