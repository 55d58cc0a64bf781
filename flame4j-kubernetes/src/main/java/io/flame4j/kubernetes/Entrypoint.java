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
     * manifest gives its first container a {@code command} or {@code args}. A parent that does not run in a pod has to ask
     * for it, since it is right only for an image with the same files at the same paths.
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
