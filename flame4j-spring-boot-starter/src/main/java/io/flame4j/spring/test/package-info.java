/** Tests of applications with pools. */
@NullMarked
package io.flame4j.spring.test;

import org.jspecify.annotations.NullMarked;
