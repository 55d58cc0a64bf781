package io.flame4j.examples.spring;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;

/** Reading of PDFs. Runs on runners: a malicious file costs the memory and the time of one of them, and no more. */
final class Pdf {

    private static final byte[] MAGIC = {'%', 'P', 'D', 'F', '-'};

    private Pdf() {}

    /**
     * A page that was rendered.
     *
     * @param width in pixels
     * @param height in pixels
     * @param png the file
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Page(int width, int height, byte[] png) {}

    /** Whether a file begins as a PDF does. */
    static boolean isPdf(byte[] file) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (i >= file.length || file[i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    static int pages(byte[] pdf) throws IOException {
        try (PDDocument document = load(pdf)) {
            return document.getNumberOfPages();
        }
    }

    static Page render(byte[] pdf, int number, int longest) throws IOException {
        try (PDDocument document = load(pdf)) {
            PDRectangle box = document.getPage(number - 1).getCropBox();
            PDFRenderer renderer = new PDFRenderer(document);
            renderer.setSubsamplingAllowed(true);
            float scale = longest / Math.max(1, Math.max(box.getWidth(), box.getHeight()));
            BufferedImage image = renderer.renderImage(number - 1, scale, ImageType.RGB);
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            return new Page(image.getWidth(), image.getHeight(), png.toByteArray());
        } catch (RuntimeException e) {
            // The renderer meets damaged pages with almost any exception.
            throw new IOException(
                    "page " + number + " is damaged: " + e.getClass().getSimpleName(), e);
        }
    }

    private static PDDocument load(byte[] pdf) throws IOException {
        try {
            return Loader.loadPDF(pdf);
        } catch (InvalidPasswordException e) {
            throw new IOException("protected by a password: save it without one", e);
        } catch (IOException | RuntimeException e) {
            throw new IOException("not a PDF that can be read: " + e.getMessage(), e);
        }
    }
}
