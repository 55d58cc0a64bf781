package io.flame4j.examples.thumbnails;

import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a picture is to be turned to be looked at. Cameras write the pixels as the sensor has them and note in the EXIF
 * data how the camera was held; the JDK does not look at that.
 *
 * @param exif the value of the EXIF tag "orientation": 1 (as it is) to 8
 */
record Orientation(int exif) {

    static final Orientation NORMAL = new Orientation(1);

    private static final int START_OF_SCAN = 0xDA;
    private static final int APP1 = 0xE1;
    private static final int EXIF_HEADER = 0x45786966;
    private static final int ORIENTATION_TAG = 0x0112;

    /** The orientation that a file notes; normal when there is no such note, or none that makes sense. */
    static Orientation of(byte[] file) {
        try {
            ByteBuffer in = ByteBuffer.wrap(file);
            if (in.getShort() != (short) 0xFFD8) {
                return NORMAL;
            }
            while (true) {
                int marker = in.getShort() & 0xFFFF;
                int end = in.position() + (in.getShort(in.position()) & 0xFFFF);
                in.getShort();
                if (marker >>> 8 != 0xFF || (marker & 0xFF) == START_OF_SCAN) {
                    return NORMAL;
                }
                if ((marker & 0xFF) == APP1 && in.getInt(in.position()) == EXIF_HEADER) {
                    return ofTiff(in.slice(in.position() + 6, end - in.position() - 6));
                }
                in.position(end);
            }
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            // A note that cannot be read is no note: whether the picture is damaged is for its decoder to say.
            return NORMAL;
        }
    }

    private static Orientation ofTiff(ByteBuffer tiff) {
        tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        tiff.position(tiff.getInt(4));
        int entries = tiff.getShort() & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int entry = tiff.position() + 12 * i;
            if ((tiff.getShort(entry) & 0xFFFF) == ORIENTATION_TAG) {
                int value = tiff.getShort(entry + 8);
                return value >= 1 && value <= 8 ? new Orientation(value) : NORMAL;
            }
        }
        return NORMAL;
    }

    boolean swapsSides() {
        return exif >= 5;
    }

    /** Turns and mirrors; meant for a small picture. */
    BufferedImage apply(BufferedImage image) {
        if (exif == 1) {
            return image;
        }
        int width = image.getWidth();
        int height = image.getHeight();
        BufferedImage turned =
                new BufferedImage(swapsSides() ? height : width, swapsSides() ? width : height, image.getType());
        for (int y = 0; y < turned.getHeight(); y++) {
            for (int x = 0; x < turned.getWidth(); x++) {
                int right = width - 1;
                int bottom = height - 1;
                int from = switch (exif) {
                    case 2 -> image.getRGB(right - x, y);
                    case 3 -> image.getRGB(right - x, bottom - y);
                    case 4 -> image.getRGB(x, bottom - y);
                    case 5 -> image.getRGB(y, x);
                    case 6 -> image.getRGB(y, bottom - x);
                    case 7 -> image.getRGB(right - y, bottom - x);
                    default -> image.getRGB(right - y, x);
                };
                turned.setRGB(x, y, from);
            }
        }
        return turned;
    }
}
