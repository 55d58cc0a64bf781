/** Frames, handshake and connections, shared by parent and runner. Knows nothing of pools. */
@NullMarked
package io.flame4j.internal.wire;

import org.jspecify.annotations.NullMarked;
