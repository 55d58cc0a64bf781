/** What the starter is made of. */
@NullMarked
package io.flame4j.spring.internal;

import org.jspecify.annotations.NullMarked;
