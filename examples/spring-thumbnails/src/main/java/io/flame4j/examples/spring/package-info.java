/**
 * A web application that makes thumbnails of pictures and of the pages of PDFs. What takes processors and memory is in
 * {@link io.flame4j.examples.spring.Darkroom}, and runs on runners; the rest is an ordinary Spring Boot application.
 */
@NullMarked
package io.flame4j.examples.spring;

import org.jspecify.annotations.NullMarked;
