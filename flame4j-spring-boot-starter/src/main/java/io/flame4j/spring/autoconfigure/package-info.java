/** Sets flame4j up when it is on the class path. */
@NullMarked
package io.flame4j.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
