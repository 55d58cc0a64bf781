package io.flame4j.examples.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much the application takes on. How large a file and an upload may be are properties of Spring's own,
 * {@code spring.servlet.multipart.*}.
 *
 * @param size the longer side of a thumbnail, in pixels
 * @param files most files of one upload
 * @param pictures most pictures of an album, the pages of its PDFs counted
 * @param pixels most pixels of a picture: a file of some kilobytes can claim to be terabytes
 * @param albums most albums that are kept; the oldest one that is done makes room for a new one
 * @param viewers most pages that watch an album at a time
 */
@ConfigurationProperties("thumbs")
record Limits(
        @DefaultValue("320") int size,
        @DefaultValue("40") int files,
        @DefaultValue("100") int pictures,
        @DefaultValue("100000000") long pixels,
        @DefaultValue("8") int albums,
        @DefaultValue("64") int viewers) {}
