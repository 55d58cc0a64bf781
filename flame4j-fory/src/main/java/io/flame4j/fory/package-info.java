/** Arguments of tasks by Apache Fory. */
@NullMarked
package io.flame4j.fory;

import org.jspecify.annotations.NullMarked;
