/**
 * Run a block of your own code on a short-lived copy of your application.
 *
 * <p>Start at {@link io.flame4j.FlamePool}. Everything in this package is public API; everything under
 * {@code io.flame4j.internal} is not, and may change at any time.
 */
@NullMarked
package io.flame4j;

import org.jspecify.annotations.NullMarked;
