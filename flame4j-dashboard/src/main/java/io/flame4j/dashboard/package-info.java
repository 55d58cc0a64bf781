/** The live page: {@link io.flame4j.dashboard.FlameDashboard} serves it, or an application does so under a URL of its own. */
@NullMarked
package io.flame4j.dashboard;

import org.jspecify.annotations.NullMarked;
