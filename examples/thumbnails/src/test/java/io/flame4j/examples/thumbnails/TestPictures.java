package io.flame4j.examples.thumbnails;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Random;
import java.util.function.IntBinaryOperator;

/** Pictures for tests. */
final class TestPictures {

    private TestPictures() {}

    static BufferedImage of(int width, int height, IntBinaryOperator colour) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, colour.applyAsInt(x, y));
            }
        }
        return image;
    }

    static BufferedImage plain(int width, int height, int rgb) {
        return of(width, height, (x, y) -> 0xFF000000 | rgb);
    }

    /** Soft blobs of light on black, in a place that depends on the seed. */
    static BufferedImage scene(int width, int height, long seed) {
        Random random = new Random(seed);
        double[][] blobs = new double[9][];
        for (int i = 0; i < blobs.length; i++) {
            blobs[i] = random.doubles(6).toArray();
        }
        return of(width, height, (x, y) -> {
            double[] light = new double[3];
            for (double[] blob : blobs) {
                double distance = Math.hypot((double) x / width - blob[0], (double) y / height - blob[1]);
                for (int i = 0; i < 3; i++) {
                    light[i] += blob[3 + i] * Math.exp(-distance * distance * (20 + blob[2] * 60));
                }
            }
            int rgb = 0xFF;
            for (double channel : light) {
                rgb = rgb << 8 | (int) Math.min(255, channel * 255);
            }
            return rgb;
        });
    }

    static PictureSource source(byte[] bytes) {
        return new PictureSource(1, "picture", bytes, System.nanoTime());
    }

    static PictureSource source(BufferedImage image, String format) throws IOException {
        return source(Images.encode(image, format));
    }
}
