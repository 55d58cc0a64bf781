package io.flame4j.spring.internal.pool;

import io.flame4j.backend.Backend;
import io.flame4j.backend.LocalBackend;
import io.flame4j.spring.properties.BackendKind;
import io.flame4j.spring.properties.PoolProperties;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** Decides what starts the runners of a pool. */
public final class BackendChoice {

    /** Set in the environment of contexts that a test has started. */
    public static final String IN_TEST = "flame4j.in-test";

    /** Set there by a test whose pools have a kind of backend whatever the properties say. */
    public static final String FORCED = "flame4j.in-test.backend";

    private static final Logger LOG = LoggerFactory.getLogger(BackendChoice.class);
    private static final String MODULE = "io.flame4j.kubernetes.KubernetesBackend";

    private BackendChoice() {}

    /** What {@code auto} means here; any other kind is what it is. */
    static BackendKind resolve(BackendKind kind, Environment environment) {
        BackendKind forced = environment.getProperty(FORCED, BackendKind.class);
        if (forced != null) {
            return forced;
        }
        if (kind != BackendKind.AUTO) {
            return kind;
        }
        if (inTest(environment)) {
            return BackendKind.LOCAL;
        }
        if (!CloudPlatform.KUBERNETES.isActive(environment)) {
            return BackendKind.PROCESS;
        }
        if (!hasModule()) {
            LOG.warn(
                    "This process is in a Kubernetes pod, but its runners will be processes inside of it, since the module"
                            + " flame4j-kubernetes is not on the class path. Add it, or say flame4j.backend=process");
            return BackendKind.PROCESS;
        }
        return BackendKind.KUBERNETES;
    }

    static boolean inTest(Environment environment) {
        return environment.getProperty(IN_TEST, Boolean.class, false);
    }

    /** Makes the backend of a pool. */
    static Backend create(
            BackendKind kind, PoolProperties pool, Settings settings, Beans beans, Map<String, String> launch) {
        return switch (kind) {
            case LOCAL ->
                LocalBackend.create()
                        .serialization(!Boolean.FALSE.equals(pool.local().serialization()));
            case KUBERNETES -> {
                if (!hasModule()) {
                    throw settings.invalid(
                            "backend",
                            "the backend kubernetes is in the module flame4j-kubernetes, which is not on the class path."
                                    + " Add that dependency.");
                }
                yield KubernetesBackends.create(pool.kubernetes(), settings.below("kubernetes"), beans, launch);
            }
            case PROCESS, AUTO -> ProcessBackends.create(pool.process(), settings.below("process"), beans, launch);
        };
    }

    private static boolean hasModule() {
        return ClassUtils.isPresent(MODULE, BackendChoice.class.getClassLoader());
    }
}
