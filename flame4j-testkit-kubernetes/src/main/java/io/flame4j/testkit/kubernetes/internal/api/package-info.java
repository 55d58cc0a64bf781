/** What an API server does with its objects. No I/O here but that of the handler. */
@NullMarked
package io.flame4j.testkit.kubernetes.internal.api;

import org.jspecify.annotations.NullMarked;
