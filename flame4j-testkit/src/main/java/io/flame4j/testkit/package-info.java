/**
 * Help for tests of code that runs on flame4j pools: {@link io.flame4j.testkit.FlameExtension} gives a test its pools and
 * ends them, {@link io.flame4j.testkit.FaultyBackend} and {@link io.flame4j.testkit.LinkProxy} break what is around
 * them, {@link io.flame4j.testkit.LeakCheck} sees that nothing is left.
 */
@NullMarked
package io.flame4j.testkit;

import org.jspecify.annotations.NullMarked;
