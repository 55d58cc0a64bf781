/** Runners' logs on their way to the parent's. */
@NullMarked
package io.flame4j.internal.logs;

import org.jspecify.annotations.NullMarked;
