/** What the machine can do without flame4j: bare sockets between two JVMs, and the bare start of a JVM. */
@NullMarked
package io.flame4j.benchmarks.limit;

import org.jspecify.annotations.NullMarked;
