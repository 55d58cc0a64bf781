/** Traces over parents and runners. */
@NullMarked
package io.flame4j.opentelemetry;

import org.jspecify.annotations.NullMarked;
