/** Many runners in one process, for what a parent can do and not for what runners can. */
@NullMarked
package io.flame4j.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
