package io.flame4j.examples.thumbnails;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the dominant colours of a picture: its pixels are counted in 4,096 boxes, and the boxes are clustered (k-means,
 * with a start that depends on nothing but the picture, so that the same picture has the same colours everywhere).
 */
final class Palette {

    private static final int BOXES = 4096;
    private static final int ROUNDS = 8;

    /** Colours nearer than this (squared distance in RGB) are one. */
    private static final double SAME = 24 * 24;

    /** What has a smaller share of the picture is not dominant. */
    private static final double LEAST_SHARE = 0.005;

    private final double[] count = new double[BOXES];
    private final double[][] sum = new double[BOXES][3];
    private double total;

    private Palette(BufferedImage image) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        for (int pixel : pixels) {
            if (pixel >>> 24 < 0x80) {
                continue;
            }
            int red = pixel >> 16 & 0xFF;
            int green = pixel >> 8 & 0xFF;
            int blue = pixel & 0xFF;
            int box = red >> 4 << 8 | green >> 4 << 4 | blue >> 4;
            count[box]++;
            sum[box][0] += red;
            sum[box][1] += green;
            sum[box][2] += blue;
            total++;
        }
    }

    /** At most that many colours, the most frequent first; none when the picture is wholly transparent. */
    static List<Swatch> of(BufferedImage image, int colours) {
        return new Palette(image).cluster(colours);
    }

    private List<Swatch> cluster(int colours) {
        List<double[]> centres = seeds(colours);
        double[] sizes = new double[centres.size()];
        for (int round = 0; round < ROUNDS && !centres.isEmpty(); round++) {
            double[][] sums = new double[centres.size()][3];
            sizes = new double[centres.size()];
            for (int box = 0; box < BOXES; box++) {
                if (count[box] > 0) {
                    int nearest = nearest(centres, mean(box));
                    sizes[nearest] += count[box];
                    for (int i = 0; i < 3; i++) {
                        sums[nearest][i] += sum[box][i];
                    }
                }
            }
            for (int c = 0; c < centres.size(); c++) {
                if (sizes[c] > 0) {
                    centres.set(c, new double[] {sums[c][0] / sizes[c], sums[c][1] / sizes[c], sums[c][2] / sizes[c]});
                }
            }
        }
        List<Swatch> swatches = new ArrayList<>();
        for (int c = 0; c < centres.size(); c++) {
            if (sizes[c] / total >= LEAST_SHARE) {
                swatches.add(new Swatch(rgb(centres.get(c)), sizes[c] / total));
            }
        }
        swatches.sort(Comparator.comparingDouble(Swatch::share).reversed());
        return List.copyOf(swatches);
    }

    /** The fullest box, then always the one that is both full and unlike those chosen. */
    private List<double[]> seeds(int colours) {
        List<double[]> seeds = new ArrayList<>();
        while (seeds.size() < colours) {
            double best = 0;
            double[] seed = null;
            for (int box = 0; box < BOXES; box++) {
                if (count[box] > 0) {
                    double[] mean = mean(box);
                    double distance = seeds.isEmpty() ? 1 : distance(seeds.get(nearest(seeds, mean)), mean);
                    if (count[box] * distance > best && (seeds.isEmpty() || distance > SAME)) {
                        best = count[box] * distance;
                        seed = mean;
                    }
                }
            }
            if (seed == null) {
                break;
            }
            seeds.add(seed);
        }
        return seeds;
    }

    private double[] mean(int box) {
        return new double[] {sum[box][0] / count[box], sum[box][1] / count[box], sum[box][2] / count[box]};
    }

    private static int nearest(List<double[]> centres, double[] colour) {
        int nearest = 0;
        for (int c = 1; c < centres.size(); c++) {
            if (distance(centres.get(c), colour) < distance(centres.get(nearest), colour)) {
                nearest = c;
            }
        }
        return nearest;
    }

    private static double distance(double[] a, double[] b) {
        double red = a[0] - b[0];
        double green = a[1] - b[1];
        double blue = a[2] - b[2];
        return red * red + green * green + blue * blue;
    }

    private static int rgb(double[] colour) {
        return (int) Math.round(colour[0]) << 16 | (int) Math.round(colour[1]) << 8 | (int) Math.round(colour[2]);
    }
}
