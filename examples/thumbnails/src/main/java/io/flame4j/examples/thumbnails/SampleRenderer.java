package io.flame4j.examples.thumbnails;

import java.awt.image.BufferedImage;
import java.awt.image.RescaleOp;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Renders sample pictures, so that the demo has something to work on. Each index has its picture, always the same. Runs
 * on the runners.
 */
final class SampleRenderer {

    /** Pictures: 40 originals, then near-duplicates of some of them. */
    static final int PICTURES = 48;

    /** Files: after the pictures come damaged ones. */
    static final int FILES = PICTURES + 2;

    private static final int ORIGINALS = 40;
    private static final List<SampleScene> SCENES = List.of(SampleScene.values());
    private static final int[][] SIZES = {{1080, 720}, {720, 1080}, {900, 900}, {1200, 675}, {960, 720}};

    private SampleRenderer() {}

    /**
     * A rendered file.
     *
     * @param name its name
     * @param bytes its content
     * @param work where and when it was rendered
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Sample(String name, byte[] bytes, Work work) implements Serializable {

        private static final long serialVersionUID = 1L;
    }

    /** Renders the file of an index, 0 to {@link #FILES} - 1. */
    static Sample render(int index) throws IOException {
        Instant start = Instant.now();
        if (index < ORIGINALS) {
            String format = format(index);
            byte[] bytes =
                    format.equals("jpg") ? Images.jpeg(original(index), 0.9f) : Images.encode(original(index), format);
            return sample(index, title(index), format, bytes, start);
        }
        if (index < PICTURES) {
            int original = (index - ORIGINALS) * 5 + index % 5;
            return sample(index, title(original) + "-copy", "jpg", copy(original), start);
        }
        byte[] whole = Images.jpeg(original(3), 0.9f);
        if (index == PICTURES) {
            return sample(index, "cut-off", "jpg", Arrays.copyOf(whole, whole.length / 2), start);
        }
        Arrays.fill(whole, 0, 64, (byte) '?');
        return sample(index, "scrambled", "jpg", whole, start);
    }

    private static Sample sample(int index, String title, String format, byte[] bytes, Instant start) {
        String name = String.format(Locale.ROOT, "%02d-%s.%s", index + 1, title, format);
        return new Sample(name, bytes, Work.since(start));
    }

    private static String title(int original) {
        return SCENES.get(original % SCENES.size()).name().toLowerCase(Locale.ROOT);
    }

    private static String format(int original) {
        return switch (original % 10) {
            case 3 -> "png";
            case 6 -> "gif";
            case 9 -> "bmp";
            default -> "jpg";
        };
    }

    private static BufferedImage original(int index) {
        int[] size = SIZES[index % SIZES.length];
        int width = size[0];
        int height = size[1];
        // The picture is made for the same 1 x 1 square plus what the format adds, so that circles stay round.
        double unit = Math.min(width, height);
        SampleScene.Shader shader = SCENES.get(index % SCENES.size()).shader(index);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, shader.colour((x + 0.5) / unit, (y + 0.5) / unit));
            }
        }
        return image;
    }

    /** A copy as they come about: scaled, compressed hard, brightened, or with its edges cut off. */
    private static byte[] copy(int index) throws IOException {
        BufferedImage image = original(index);
        int width = image.getWidth();
        int height = image.getHeight();
        return switch (index / 5 % 4) {
            case 0 -> Images.jpeg(Images.fit(image, 500), 0.8f);
            case 1 -> Images.jpeg(image, 0.2f);
            case 2 -> Images.jpeg(new RescaleOp(1.06f, 6, null).filter(image, null), 0.85f);
            default ->
                Images.jpeg(
                        image.getSubimage(width / 100, height / 100, width - width / 50, height - height / 50), 0.85f);
        };
    }
}
