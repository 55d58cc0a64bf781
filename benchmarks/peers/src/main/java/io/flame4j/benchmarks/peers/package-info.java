/** Other libraries that can run a closure in another JVM, each configured as its documentation recommends for speed. */
@NullMarked
package io.flame4j.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
