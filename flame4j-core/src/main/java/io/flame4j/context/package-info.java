/** The SPI for what belongs to the thread that makes a call, and is to be there for the task too. */
@NullMarked
package io.flame4j.context;

import org.jspecify.annotations.NullMarked;
