/** Metrics of pools for Micrometer: {@link io.flame4j.micrometer.FlameMetrics}. */
@NullMarked
package io.flame4j.micrometer;

import org.jspecify.annotations.NullMarked;
