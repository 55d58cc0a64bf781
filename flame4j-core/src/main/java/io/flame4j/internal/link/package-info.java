/** The parent's end of its runners' connections: listening, admitting, heartbeats, slots. Knows nothing of pools. */
@NullMarked
package io.flame4j.internal.link;

import org.jspecify.annotations.NullMarked;
