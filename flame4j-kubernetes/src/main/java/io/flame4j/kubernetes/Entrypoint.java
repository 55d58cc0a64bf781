package io.flame4j.kubernetes;

/**
 * What the container of a runner starts.
 *
 * @since 0.1
 */
public enum Entrypoint {
    /**
     * The parent's own JVM command line, rebuilt for flame4j's entry point, as
     * {@link io.flame4j.backend.JvmCommand} says. The application's {@code main} is not run. The default, unless the
     * manifest gives its first container a {@code command} or {@code args}.
     */
    JVM,
    /**
     * The entry point of the image, as it is. The application's {@code main} must call
     * {@link io.flame4j.FlameRunner#runIfRunner()} first.
     */
    IMAGE,
    /**
     * The {@code command} and {@code args} of the parent's container, or the entry point of the image when it has none.
     * The application's {@code main} must call {@link io.flame4j.FlameRunner#runIfRunner()} first.
     */
    PARENT
}
