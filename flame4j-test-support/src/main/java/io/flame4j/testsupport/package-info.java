/**
 * What the tests of several modules need: {@link io.flame4j.testsupport.DocumentSnippets} holds documents against code, and
 * {@link io.flame4j.testsupport.Patience} is how long Awaitility waits where a test does not say it.
 */
@NullMarked
package io.flame4j.testsupport;

import org.jspecify.annotations.NullMarked;
