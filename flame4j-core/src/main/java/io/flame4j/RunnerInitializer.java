package io.flame4j;

/**
 * Prepares a runner before it takes its first call: load a model, open a connection pool, warm a cache.
 *
 * <p>Named by class in {@link FlamePoolBuilder#initializer(Class)}; the runner makes an instance with the public
 * no-argument constructor. Its time counts as boot time. When it throws, the boot has failed for good
 * ({@link RunnerBootException#isPermanent()}) with that exception's text in the message.
 *
 * @since 0.1
 */
public interface RunnerInitializer {

    /**
     * Runs once on the runner, before it reports that it is ready.
     *
     * @param parent who started this runner
     * @throws Exception when the runner cannot do its work; the boot fails
     */
    void initialize(FlameParent parent) throws Exception;
}
