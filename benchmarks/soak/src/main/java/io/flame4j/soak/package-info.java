/**
 * A long run of everything at once while everything breaks; docs/reliability.md says what it shows. A {@link
 * io.flame4j.soak.Scenario} is one fault with its bound; {@link io.flame4j.soak.Scenarios} has them all.
 */
@NullMarked
package io.flame4j.soak;

import org.jspecify.annotations.NullMarked;
