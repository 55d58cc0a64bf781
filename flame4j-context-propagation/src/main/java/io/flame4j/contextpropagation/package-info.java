/** Thread locals that travel, as Micrometer's context-propagation knows them. */
@NullMarked
package io.flame4j.contextpropagation;

import org.jspecify.annotations.NullMarked;
