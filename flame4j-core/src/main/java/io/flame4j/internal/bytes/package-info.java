/** Reading and writing bytes: bounded, growable, without copies of large arrays. */
@NullMarked
package io.flame4j.internal.bytes;

import org.jspecify.annotations.NullMarked;
