/**
 * What starts runners: the SPI for backends, and the two that need nothing but this machine,
 * {@link io.flame4j.backend.ProcessBackend} and {@link io.flame4j.backend.LocalBackend}.
 */
@NullMarked
package io.flame4j.backend;

import org.jspecify.annotations.NullMarked;
