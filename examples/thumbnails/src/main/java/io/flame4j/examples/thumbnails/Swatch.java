package io.flame4j.examples.thumbnails;

import java.io.Serializable;

/**
 * A colour of a picture.
 *
 * @param rgb red, green and blue in the lower 24 bits
 * @param share the part of the picture that has about this colour, 0 to 1
 */
record Swatch(int rgb, double share) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** As CSS writes it. */
    String hex() {
        return String.format("#%06x", rgb & 0xFFFFFF);
    }
}
