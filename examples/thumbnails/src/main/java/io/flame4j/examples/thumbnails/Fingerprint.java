package io.flame4j.examples.thumbnails;

import java.awt.image.BufferedImage;
import java.io.Serializable;
import java.util.Arrays;

/**
 * What a picture looks like, in 20 bytes that hardly change when it is scaled, recompressed or brightened. Two perceptual
 * hashes that err in different ways, and the mean colour for those that see none: they look at brightness only, and a
 * red area and a blue one are alike to them.
 *
 * @param gradient dHash: for each of 8 x 8 places, whether the picture gets brighter to the right
 * @param frequency pHash: for each of the lowest frequencies, whether it is stronger than most
 * @param mean the mean colour as RGB
 */
record Fingerprint(long gradient, long frequency, int mean) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The hashes have 64 bits each. Unrelated pictures differ in about half of them. */
    private static final int MOST_BITS = 10;

    private static final int MOST_COLOUR = 36;

    private static final int HASH_SIZE = 8;
    private static final int FREQUENCIES_OF = 32;
    private static final double[][] COSINES = cosines();

    static Fingerprint of(BufferedImage image) {
        return new Fingerprint(
                gradient(brightness(image, HASH_SIZE + 1, HASH_SIZE)),
                frequency(brightness(image, FREQUENCIES_OF, FREQUENCIES_OF)),
                mean(image));
    }

    boolean isNear(Fingerprint other) {
        return bits(other) <= MOST_BITS && colourDistance(other) <= MOST_COLOUR;
    }

    /** In how many of 64 bits the more different one of the two hashes differs. */
    int bits(Fingerprint other) {
        return Math.max(Long.bitCount(gradient ^ other.gradient), Long.bitCount(frequency ^ other.frequency));
    }

    private double colourDistance(Fingerprint other) {
        int red = (mean >> 16 & 0xFF) - (other.mean >> 16 & 0xFF);
        int green = (mean >> 8 & 0xFF) - (other.mean >> 8 & 0xFF);
        int blue = (mean & 0xFF) - (other.mean & 0xFF);
        return Math.sqrt((double) red * red + green * green + blue * blue);
    }

    private static long gradient(double[][] brightness) {
        long bits = 0;
        for (double[] row : brightness) {
            for (int x = 0; x < HASH_SIZE; x++) {
                // More than the noise of a compression, or even areas would have random bits.
                bits = bits << 1 | (row[x + 1] - row[x] > 1 ? 1 : 0);
            }
        }
        return bits;
    }

    /** The discrete cosine transform of the brightness, its lowest 8 x 8 frequencies compared with their median. */
    private static long frequency(double[][] brightness) {
        double[] frequencies = new double[HASH_SIZE * HASH_SIZE];
        for (int v = 0; v < HASH_SIZE; v++) {
            for (int u = 0; u < HASH_SIZE; u++) {
                double sum = 0;
                for (int y = 0; y < FREQUENCIES_OF; y++) {
                    for (int x = 0; x < FREQUENCIES_OF; x++) {
                        sum += brightness[y][x] * COSINES[u][x] * COSINES[v][y];
                    }
                }
                frequencies[v * HASH_SIZE + u] = sum / FREQUENCIES_OF;
            }
        }
        double[] sorted = Arrays.copyOfRange(frequencies, 1, frequencies.length);
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        long bits = 0;
        // The first is the mean brightness, which says nothing about what is to be seen.
        for (int i = 1; i < frequencies.length; i++) {
            bits = bits << 1 | (frequencies[i] > median + 0.01 ? 1 : 0);
        }
        return bits;
    }

    /** The brightness, 0 to 255, of so many equal parts of the picture; what is transparent counts as white. */
    private static double[][] brightness(BufferedImage image, int columns, int rows) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
        double[][] brightness = new double[rows][columns];
        for (int row = 0; row < rows; row++) {
            int top = row * height / rows;
            int bottom = Math.max(top + 1, (row + 1) * height / rows);
            for (int column = 0; column < columns; column++) {
                int left = column * width / columns;
                int right = Math.max(left + 1, (column + 1) * width / columns);
                double sum = 0;
                for (int y = top; y < bottom; y++) {
                    for (int x = left; x < right; x++) {
                        sum += brightness(pixels[y * width + x]);
                    }
                }
                brightness[row][column] = sum / ((bottom - top) * (right - left));
            }
        }
        return brightness;
    }

    private static double brightness(int argb) {
        double alpha = (argb >>> 24) / 255.0;
        double opaque = 0.299 * (argb >> 16 & 0xFF) + 0.587 * (argb >> 8 & 0xFF) + 0.114 * (argb & 0xFF);
        return opaque * alpha + 255 * (1 - alpha);
    }

    private static int mean(BufferedImage image) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        int mean = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double sum = 0;
            for (int pixel : pixels) {
                double alpha = (pixel >>> 24) / 255.0;
                sum += (pixel >> shift & 0xFF) * alpha + 255 * (1 - alpha);
            }
            mean |= (int) Math.round(sum / pixels.length) << shift;
        }
        return mean;
    }

    private static double[][] cosines() {
        double[][] cosines = new double[HASH_SIZE][FREQUENCIES_OF];
        for (int u = 0; u < HASH_SIZE; u++) {
            for (int x = 0; x < FREQUENCIES_OF; x++) {
                cosines[u][x] = Math.cos((2 * x + 1) * u * Math.PI / (2 * FREQUENCIES_OF));
            }
        }
        return cosines;
    }
}
