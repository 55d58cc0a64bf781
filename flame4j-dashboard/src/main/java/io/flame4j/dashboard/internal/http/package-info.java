/** The page over the JDK's HTTP server: who may ask, what is answered, how many may look. */
@NullMarked
package io.flame4j.dashboard.internal.http;

import org.jspecify.annotations.NullMarked;
