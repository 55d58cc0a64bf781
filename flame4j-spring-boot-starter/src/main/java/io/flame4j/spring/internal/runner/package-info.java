/** Starts the application's context on a runner. */
@NullMarked
package io.flame4j.spring.internal.runner;

import org.jspecify.annotations.NullMarked;
