/** Not for use outside flame4j: talking to the API server. Changes without notice. */
@NullMarked
package io.flame4j.kubernetes.internal.api;

import org.jspecify.annotations.NullMarked;
