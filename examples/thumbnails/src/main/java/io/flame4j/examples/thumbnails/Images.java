package io.flame4j.examples.thumbnails;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.IIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Reading, scaling and writing of pictures in memory. */
final class Images {

    static {
        // A runner has no window. This keeps a JVM from looking for a display, or from appearing in the dock.
        System.setProperty("java.awt.headless", "true");
    }

    /** A file of some kilobytes can claim to be a picture of terabytes. */
    static final long MOST_PIXELS = 250_000_000;

    /** Of larger pictures only every second, third, … pixel is read: a thumbnail needs no more. */
    private static final long ENOUGH_PIXELS = 8_000_000;

    private static final Set<String> FORMATS = Set.of("PNG", "JPEG", "GIF", "BMP");

    private Images() {}

    /**
     * A picture that was read.
     *
     * @param image its pixels, fewer than it has when it is large
     * @param format the format of the file
     * @param width of the picture in the file
     * @param height likewise
     * @param orientation how to turn it
     */
    record Picture(BufferedImage image, String format, int width, int height, Orientation orientation) {}

    /** Reads a file; of an animation, its first picture. */
    static Picture read(byte[] file) throws IOException {
        return read(file, MOST_PIXELS);
    }

    /** Reads a file, unless it claims to have more pixels than that. */
    static Picture read(byte[] file, long mostPixels) throws IOException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            ImageReader reader = readers.hasNext() ? readers.next() : null;
            if (reader == null) {
                throw new IIOException("not a picture in a known format");
            }
            try {
                return read(reader, in, file, mostPixels);
            } finally {
                reader.dispose();
            }
        }
    }

    private static Picture read(ImageReader reader, ImageInputStream in, byte[] file, long mostPixels)
            throws IOException {
        String format = reader.getFormatName().toUpperCase(Locale.ROOT);
        if (!FORMATS.contains(format)) {
            throw new IIOException("not a PNG, JPEG, GIF or BMP, but " + format);
        }
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        reader.setInput(in, true, true);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        BufferedImage image = reader.read(0, subsampling(reader, width, height, mostPixels));
        // The JPEG reader fills what is missing of a cut-off file with grey and only warns.
        for (String warning : warnings) {
            if (warning.contains("premature end")) {
                throw new EOFException(warning);
            }
        }
        return new Picture(image, format, width, height, Orientation.of(file));
    }

    private static ImageReadParam subsampling(ImageReader reader, int width, int height, long mostPixels)
            throws IIOException {
        long pixels = (long) width * height;
        if (pixels > mostPixels) {
            throw new IIOException(String.format(
                    Locale.ROOT,
                    "too large: %d x %d pixels, at most %d million are read",
                    width,
                    height,
                    mostPixels / 1_000_000));
        }
        int step = (int) Math.ceil(Math.sqrt((double) pixels / ENOUGH_PIXELS));
        ImageReadParam parameters = reader.getDefaultReadParam();
        parameters.setSourceSubsampling(Math.max(1, Math.min(step, width)), Math.max(1, Math.min(step, height)), 0, 0);
        return parameters;
    }

    /** Scales a picture down, when needed, so that neither side is longer than that. The result is in RGB or ARGB. */
    static BufferedImage fit(BufferedImage source, int longest) {
        int type = source.getColorModel().hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
        double scale = Math.min(1, (double) longest / Math.max(source.getWidth(), source.getHeight()));
        int width = (int) Math.max(1, Math.round(source.getWidth() * scale));
        int height = (int) Math.max(1, Math.round(source.getHeight() * scale));
        BufferedImage image = source;
        // Bilinear scaling looks at four pixels only: halving until it is near uses them all.
        while (image.getWidth() >= 2 * width && image.getHeight() >= 2 * height) {
            image = resize(image, image.getWidth() / 2, image.getHeight() / 2, type);
        }
        return resize(image, width, height, type);
    }

    static BufferedImage resize(BufferedImage source, int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(source, 0, 0, width, height, null);
        } finally {
            graphics.dispose();
        }
        return image;
    }

    /** Encodes a small picture: as JPEG, or as PNG when it is transparent somewhere. */
    static PictureReport.Thumbnail thumbnail(BufferedImage small) throws IOException {
        boolean opaque = isOpaque(small);
        byte[] bytes = opaque ? jpeg(small, 0.85f) : encode(small, "png");
        return new PictureReport.Thumbnail(small.getWidth(), small.getHeight(), opaque ? "jpg" : "png", bytes);
    }

    static byte[] jpeg(BufferedImage image, float quality) throws IOException {
        BufferedImage opaque = resize(image, image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(quality);
            writer.setOutput(out);
            writer.write(null, new IIOImage(opaque, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, format, out)) {
                throw new IIOException("cannot write " + format);
            }
        }
        return bytes.toByteArray();
    }

    private static boolean isOpaque(BufferedImage image) {
        if (!image.getColorModel().hasAlpha()) {
            return true;
        }
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        for (int pixel : pixels) {
            if (pixel >>> 24 != 0xFF) {
                return false;
            }
        }
        return true;
    }
}
