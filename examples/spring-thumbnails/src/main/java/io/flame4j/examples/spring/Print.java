package io.flame4j.examples.spring;

import java.io.Serializable;

/**
 * A thumbnail.
 *
 * @param width in pixels
 * @param height in pixels
 * @param png the file
 * @param millis how long the runner worked on it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Print(int width, int height, byte[] png, long millis) implements Serializable {

    private static final long serialVersionUID = 1L;
}
