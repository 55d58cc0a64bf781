package io.flame4j.spring.properties;

/**
 * Whether the start of the application waits for the first runners of a pool.
 *
 * @since 0.1
 */
public enum PoolStart {
    /** It waits for them, and fails when one of them cannot be started. */
    WAIT,
    /** It goes on while they boot. What does not boot is tried again; until all are there, the pool's health is not up. */
    BACKGROUND
}
