/** Turns tasks and values into bytes and back: capture checks, closure identities, class fingerprints. */
@NullMarked
package io.flame4j.internal.closure;

import org.jspecify.annotations.NullMarked;
