/** Makes beans of pools from properties. */
@NullMarked
package io.flame4j.spring.internal.pool;

import org.jspecify.annotations.NullMarked;
