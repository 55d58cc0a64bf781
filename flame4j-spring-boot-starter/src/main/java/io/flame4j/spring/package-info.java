/**
 * flame4j in a Spring Boot application: pools from properties, calls by annotation, runners that start the same
 * application.
 *
 * <p>What begins with {@code io.flame4j.spring.internal} is no API.
 */
@NullMarked
package io.flame4j.spring;

import org.jspecify.annotations.NullMarked;
