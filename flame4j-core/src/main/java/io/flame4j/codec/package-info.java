/** The SPI for turning values into bytes. */
@NullMarked
package io.flame4j.codec;

import org.jspecify.annotations.NullMarked;
