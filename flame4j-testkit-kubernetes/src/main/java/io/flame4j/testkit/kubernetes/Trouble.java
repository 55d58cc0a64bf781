package io.flame4j.testkit.kubernetes;

/**
 * Something that a {@link ProcessNode} does wrong with some pods, until it is told to end it. Thread-safe.
 *
 * @since 0.1
 */
public interface Trouble extends AutoCloseable {

    /**
     * How many pods it has met.
     *
     * @return the number
     */
    int hits();

    /** Lets all further pods be; those that are held up go on. */
    void end();

    /** As {@link #end()}. */
    @Override
    default void close() {
        end();
    }
}
