/** What hears the log of a runner. */
@NullMarked
package io.flame4j.logs.sources;

import org.jspecify.annotations.NullMarked;
