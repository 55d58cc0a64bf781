package io.flame4j.examples.thumbnails;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The folder that the demo writes to.
 *
 * @param folder its path
 */
record Output(Path folder) {

    private static final Pattern THUMBNAIL = Pattern.compile("\\d{4,}\\.(jpg|png)");
    private static final Pattern SAMPLE = Pattern.compile("\\d{2}-[a-z-]+\\.(jpg|png|gif|bmp)");

    Path thumbnails() {
        return folder.resolve("thumbs");
    }

    Path samples() {
        return folder.resolve("samples");
    }

    Path contactSheet() {
        return folder.resolve("index.html");
    }

    Path timeline() {
        return folder.resolve("timeline.svg");
    }

    /** Makes the folder for the thumbnails and removes those of an earlier run. */
    void prepareThumbnails() throws IOException {
        clear(thumbnails(), THUMBNAIL);
    }

    /** Makes the folder for the samples and removes those of an earlier run. */
    void prepareSamples() throws IOException {
        clear(samples(), SAMPLE);
    }

    /** Writes a sample picture and says where to. */
    Path write(SampleRenderer.Sample sample) {
        return write(samples().resolve(sample.name()), sample.bytes());
    }

    /**
     * Writes a thumbnail.
     *
     * @return how the contact sheet refers to it
     */
    String write(int number, PictureReport.Thumbnail thumbnail) {
        String name = String.format(Locale.ROOT, "%04d.%s", number, thumbnail.extension());
        write(thumbnails().resolve(name), thumbnail.bytes());
        return "thumbs/" + name;
    }

    /** Writes the contact sheet and the timeline. */
    void write(Summary summary, String title, String timeline) throws IOException {
        Files.writeString(timeline(), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + timeline);
        Files.writeString(contactSheet(), new ContactSheet(summary, title, timeline).html());
    }

    /** How the contact sheet refers to a file: relative to itself, as long as it can. */
    String reference(Path file) {
        Path from = folder.toAbsolutePath().normalize();
        Path to = file.toAbsolutePath().normalize();
        if (!from.getRoot().equals(to.getRoot())) {
            return to.toUri().toString();
        }
        String path =
                from.relativize(to).toString().replace(from.getFileSystem().getSeparator(), "/");
        try {
            // The leading "./" keeps a name with a colon from being taken for a scheme.
            return new URI(null, null, "./" + path, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("Not a path: " + path, e);
        }
    }

    private static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void clear(Path folder, Pattern names) throws IOException {
        Files.createDirectories(folder);
        // Only what this program names so: nobody's own file that happens to be there.
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                folder, file -> names.matcher(file.getFileName().toString()).matches())) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }
}
