package io.flame4j;

/**
 * Which runner with a free slot takes the next call.
 *
 * @since 0.1
 */
public enum Dispatch {
    /** The least loaded runner, as in the reference: calls share machines as little as possible. */
    SPREAD,
    /** The fullest runner that still has a free slot, so that the others can become idle and stop. */
    PACK
}
