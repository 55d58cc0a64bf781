package io.flame4j.backend;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * Which runners can share an archive of classes: those with the same Java, the same jars and the same JVM options. System
 * properties are left out: they change from start to start, and the JVM asks for those that matter itself.
 */
final class ArchiveKey {

    /** With a larger heap, references are wider, and what was archived beside a small heap does not fit. */
    private static final long LARGEST_HEAP = 31L << 30;

    private static final int DIGITS = 32;

    private ArchiveKey() {}

    /**
     * The key of a command's runners.
     *
     * @param command how they are started
     * @param transport how they reach their parent; what they load depends on it
     * @param heap largest heap of this JVM, which is that of runners unless the command says otherwise
     * @return the key; empty, with the reason logged, when the JVM could archive nothing that helps
     */
    static Optional<String> of(JvmCommand command, String transport, long heap) throws IOException {
        List<String> entries = expand(command.classPathEntries());
        Optional<String> obstacle = obstacle(command, entries, heap);
        if (obstacle.isPresent()) {
            RunnerArchives.LOG.debug("No archive of classes for runners: {}", obstacle.get());
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        parts.add(command.java());
        parts.add(System.getProperty("java.vm.name", "") + " " + Runtime.version());
        parts.add(transport);
        command.options().stream().filter(option -> !option.startsWith("-D")).forEach(parts::add);
        for (String entry : entries) {
            parts.add(describe(entry));
        }
        return Optional.of(digest(parts));
    }

    private static Optional<String> obstacle(JvmCommand command, List<String> entries, long heap) throws IOException {
        if (command.start() != JvmCommand.Start.CLASS_PATH || command.hasModulePath()) {
            return Optional.of("they do not start from a class path alone");
        }
        if (heap > LARGEST_HEAP) {
            return Optional.of("their heap may be larger than 31 GiB");
        }
        for (String option : command.options()) {
            if (ArchiveOptions.preventsArchives(option)) {
                return Optional.of("they have the option " + option.split("[=:]", 2)[0]);
            }
        }
        for (String entry : entries) {
            if (isDirectory(entry)) {
                String what = entry.isEmpty() ? "an empty entry, the working directory," : entry + ", a directory,";
                return Optional.of(
                        "the JVM archives no classes where " + what + " is on the class path; it must be made of jars");
            }
        }
        return Optional.empty();
    }

    /** A single jar may stand for a whole class path, in its manifest. */
    private static List<String> expand(List<String> entries) throws IOException {
        if (entries.size() != 1 || !Files.isRegularFile(Path.of(entries.get(0)))) {
            return entries;
        }
        Path jar = Path.of(entries.get(0)).toAbsolutePath();
        List<String> all = new ArrayList<>(entries);
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String more = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            for (String name : more == null ? new String[0] : more.trim().split(" +")) {
                URI entry = jar.toUri().resolve(name);
                if ("file".equals(entry.getScheme())) {
                    all.add(Path.of(entry).toString());
                }
            }
            return all;
        } catch (IllegalArgumentException e) {
            throw new IOException("the manifest of " + jar + " has a Class-Path that cannot be read", e);
        }
    }

    private static boolean isDirectory(String entry) throws IOException {
        try {
            return Files.isDirectory(Path.of(entry));
        } catch (InvalidPathException e) {
            throw new IOException("the class path has the entry " + entry + ", which is no name of a file", e);
        }
    }

    /** An entry that does not exist counts too: once it does, the class path is another one. */
    private static String describe(String entry) throws IOException {
        Path file = Path.of(entry);
        if (!Files.exists(file)) {
            return entry;
        }
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return entry + File.pathSeparator + attributes.size() + File.pathSeparator + attributes.lastModifiedTime();
    }

    private static String digest(List<String> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
