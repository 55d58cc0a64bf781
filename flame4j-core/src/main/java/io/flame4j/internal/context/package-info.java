/** What propagators let travel with calls, on both sides and on the wire between them. */
@NullMarked
package io.flame4j.internal.context;

import org.jspecify.annotations.NullMarked;
