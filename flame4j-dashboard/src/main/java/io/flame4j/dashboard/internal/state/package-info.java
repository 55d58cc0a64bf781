/** What the page shows: pools followed by listening and sampling, in bounded memory, and written as JSON. */
@NullMarked
package io.flame4j.dashboard.internal.state;

import org.jspecify.annotations.NullMarked;
