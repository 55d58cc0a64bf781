package io.flame4j.spring.internal.call;

import io.flame4j.FlamePool;
import io.flame4j.codec.JdkCodec;
import io.flame4j.spring.internal.pool.Nearest;
import io.flame4j.spring.properties.FlameProperties;
import io.flame4j.spring.properties.PoolProperties;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.StringUtils;

/** The pools that annotations may name: all beans that are pools, by qualifier or name. */
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
        List<String> all = all();
        return pool.isEmpty()
                ? all
                : all.stream()
                        .filter(bean -> BeanFactoryAnnotationUtils.isQualifierMatch(pool::equals, bean, beans))
                        .toList();
    }

    private List<String> all() {
        return Arrays.asList(beans.getBeanNamesForType(FlamePool.class, true, false));
    }

    /** What is wrong with a name, or null. */
    @Nullable
    String problem(String pool) {
        List<String> found = candidates(pool);
        if (found.size() == 1) {
            return null;
        }
        if (all().isEmpty()) {
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

    /** What to do about such a name. */
    String cure(String pool) {
        if (pool.isEmpty() || !candidates(pool).isEmpty()) {
            return all().isEmpty()
                    ? "Define a pool: set flame4j.pools.work.max=4, for instance."
                    : "Name one of the pools " + names() + " in @FlameCall(pool = …).";
        }
        String nearest = Nearest.of(pool, names());
        String define = "define the pool '" + pool + "': set flame4j.pools." + pool + ".max=4, for instance.";
        return all().isEmpty()
                ? StringUtils.capitalize(define)
                : "Name " + (nearest == null ? "one of the pools " + names() : "the pool '" + nearest + "'")
                        + " in @FlameCall(pool = …) instead of '" + pool + "', or " + define;
    }

    /** The pool of a bean's name. */
    FlamePool get(String bean) {
        return beans.getBean(bean, FlamePool.class);
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(properties().pools().keySet());
        return names.isEmpty() ? all() : names;
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
