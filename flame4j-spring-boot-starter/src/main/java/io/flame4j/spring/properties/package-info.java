/** What can be said of pools and runners in {@code application.properties}. */
@NullMarked
package io.flame4j.spring.properties;

import org.jspecify.annotations.NullMarked;
