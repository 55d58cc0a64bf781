package io.flame4j.internal.context;

import io.flame4j.context.ContextPropagator;
import io.flame4j.context.MdcPropagator;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds propagators, on a parent all of them, on a runner those that its parent names. */
public final class Propagators {

    private static final Logger LOG = LoggerFactory.getLogger(Propagators.class);

    private Propagators() {}

    /** The propagators of a pool that names none: that of the MDC, and what the class path offers. */
    public static List<ContextPropagator> discover(@Nullable ClassLoader loader) {
        List<ContextPropagator> found = new ArrayList<>();
        found.add(new MdcPropagator());
        Iterator<ContextPropagator> offered =
                ServiceLoader.load(ContextPropagator.class, loader).iterator();
        while (found.size() < CarriedContext.MAX_PROPAGATORS && hasNext(offered)) {
            ContextPropagator next = next(offered);
            if (next != null) {
                found.add(next);
            }
        }
        return List.copyOf(found);
    }

    private static boolean hasNext(Iterator<ContextPropagator> offered) {
        try {
            return offered.hasNext();
        } catch (ServiceConfigurationError | LinkageError e) {
            LOG.warn("No further context propagators are looked for: {}", e.toString());
            return false;
        }
    }

    /** A propagator may be there without the library that it is for: then it is off. */
    private static @Nullable ContextPropagator next(Iterator<ContextPropagator> offered) {
        try {
            return offered.next();
        } catch (ServiceConfigurationError | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            LOG.info("A context propagator is left out, since it cannot be made: {}", cause.toString());
            return null;
        }
    }

    /** The propagator of that class among those that {@link ServiceLoader} offers, which need not be public; or null. */
    public static @Nullable ContextPropagator offered(String className, ClassLoader loader) {
        try {
            return ServiceLoader.load(ContextPropagator.class, loader).stream()
                    .filter(each -> each.type().getName().equals(className))
                    .findFirst()
                    .map(ServiceLoader.Provider::get)
                    .orElse(null);
        } catch (ServiceConfigurationError | LinkageError e) {
            // Another one's library may be missing; the one that is wanted may be made by its name all the same.
            LOG.info("Context propagators cannot be looked up: {}", e.toString());
            return null;
        }
    }
}
