/** Sees to it that pools of tests run in the test's JVM. */
@NullMarked
package io.flame4j.spring.internal.test;

import org.jspecify.annotations.NullMarked;
