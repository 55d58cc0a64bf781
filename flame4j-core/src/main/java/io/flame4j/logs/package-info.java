/** The SPI for what hears a runner's log, so that it can be forwarded to the parent. */
@NullMarked
package io.flame4j.logs;

import org.jspecify.annotations.NullMarked;
