/** Carries calls of annotated methods to runners. */
@NullMarked
package io.flame4j.spring.internal.call;

import org.jspecify.annotations.NullMarked;
