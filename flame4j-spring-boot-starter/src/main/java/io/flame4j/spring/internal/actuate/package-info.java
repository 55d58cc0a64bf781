/** What the actuator shows of pools. */
@NullMarked
package io.flame4j.spring.internal.actuate;

import org.jspecify.annotations.NullMarked;
