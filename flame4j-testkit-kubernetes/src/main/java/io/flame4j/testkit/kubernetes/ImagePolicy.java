package io.flame4j.testkit.kubernetes;

import java.util.List;
import java.util.Objects;

/**
 * What a {@link ProcessNode} makes of the images of containers. Processes run on the machine of the test whatever their
 * image, so an image has nothing but an entry point, or cannot be pulled.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ImagePolicy {

    /** Every image is there and has no entry point, so that a container needs a {@code command}. */
    ImagePolicy ANY = name -> Image.withEntryPoint(List.of());

    /**
     * Looks an image up. Called on the thread of the node: must not block.
     *
     * @param name as the container has it
     * @return what is known of it
     */
    Image find(String name);

    /**
     * What is known of an image.
     *
     * @param entryPoint what is executed in a container without a {@code command}; may be empty
     * @param pullError why it cannot be pulled; empty when it can
     * @since 0.1
     */
    record Image(List<String> entryPoint, String pullError) {

        /** An image with a copy of its entry point. */
        public Image {
            entryPoint = List.copyOf(entryPoint);
            Objects.requireNonNull(pullError, "pullError");
        }

        /**
         * An image that is there.
         *
         * @param entryPoint a program and its first arguments
         * @return the image
         */
        public static Image withEntryPoint(List<String> entryPoint) {
            return new Image(entryPoint, "");
        }

        /**
         * An image that cannot be pulled.
         *
         * @param message why, for example {@code manifest unknown}
         * @return the image
         */
        public static Image missing(String message) {
            return new Image(List.of(), message);
        }
    }
}
