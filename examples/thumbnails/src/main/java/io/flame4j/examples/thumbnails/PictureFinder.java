package io.flame4j.examples.thumbnails;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Finds the pictures of a folder and of the folders in it, by the extensions of their names. */
final class PictureFinder {

    private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

    private PictureFinder() {}

    /** There is nothing to do. The message says why, for the user. */
    static final class NoPicturesException extends Exception {

        private static final long serialVersionUID = 1L;

        NoPicturesException(String message) {
            super(message);
        }
    }

    /**
     * Pictures.
     *
     * @param folder where they are
     * @param files the files in it, and in the folders in it
     */
    record Found(Path folder, List<Path> files) {

        /** The file of a number, from 1. */
        Path file(int number) {
            return files.get(number - 1);
        }

        /** What to call it: its path in the folder. */
        String name(int number) {
            return folder.relativize(file(number)).toString();
        }
    }

    /**
     * Finds the pictures. Hidden folders, links to folders, folders that may not be read and the demo's own output are
     * left out.
     *
     * @param folder where to look
     * @param output where the demo writes
     * @return the pictures, sorted by path
     * @throws NoPicturesException when the folder is none, cannot be read or has no picture
     */
    static Found find(Path folder, Output output) throws IOException, NoPicturesException {
        if (!Files.exists(folder)) {
            throw new NoPicturesException(folder + " does not exist");
        }
        if (!Files.isDirectory(folder)) {
            throw new NoPicturesException(folder + " is not a directory");
        }
        if (!Files.isReadable(folder)) {
            throw new NoPicturesException(folder + " cannot be read: permission denied");
        }
        if (real(folder).equals(real(output.thumbnails()))) {
            throw new NoPicturesException(folder + " is where this program writes its thumbnails");
        }
        // A link to a folder is followed when it was named, not when it was found: links can make circles.
        Set<Path> files = new TreeSet<>();
        Path root = folder.toRealPath();
        Files.walkFileTree(root, new Visitor(root, output, files));
        if (files.isEmpty()) {
            throw new NoPicturesException("no PNG, JPEG, GIF or BMP pictures in " + folder);
        }
        return new Found(root, new ArrayList<>(files));
    }

    static boolean isPicture(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 && EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    private static Path real(Path path) throws IOException {
        return Files.exists(path) ? path.toRealPath() : path.toAbsolutePath().normalize();
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {

        private final Path root;
        private final Path output;
        private final Path thumbnails;
        private final Set<Path> found;

        Visitor(Path root, Output output, Set<Path> found) throws IOException {
            this.root = root;
            this.output = real(output.folder());
            this.thumbnails = real(output.thumbnails());
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            if (folder.equals(root)) {
                return FileVisitResult.CONTINUE;
            }
            boolean own = folder.equals(output) || folder.equals(thumbnails);
            return own || folder.getFileName().toString().startsWith(".")
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isPicture(file) && (attributes.isRegularFile() || Files.isRegularFile(file))) {
                found.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }
    }
}
