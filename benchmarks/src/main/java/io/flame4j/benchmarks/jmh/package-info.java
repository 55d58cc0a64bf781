/** Measures that need no second process, for JMH; started by {@code ./bench --jmh}. */
@NullMarked
package io.flame4j.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
