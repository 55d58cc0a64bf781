/** Not for use outside flame4j: what the parts of the backend share. Changes without notice. */
@NullMarked
package io.flame4j.kubernetes.internal;

import org.jspecify.annotations.NullMarked;
