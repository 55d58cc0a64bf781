/**
 * The parent's side: {@link io.flame4j.internal.pool.PoolScheduler}, a pure state machine that decides, and the thin
 * shell around it that carries its decisions out.
 */
@NullMarked
package io.flame4j.internal.pool;

import org.jspecify.annotations.NullMarked;
