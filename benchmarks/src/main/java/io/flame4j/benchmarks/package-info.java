/** A plain harness that measures the core beside bare sockets and bare JVMs of the same run; started by {@code ./bench}. */
@NullMarked
package io.flame4j.benchmarks;

import org.jspecify.annotations.NullMarked;
