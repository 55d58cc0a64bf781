package io.flame4j.benchmarks.peers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Gives each runner the library that it is for and no other: what is on a class path is part of how long a start takes. */
final class ClassPath {

    /** What all have: the closures and what carries them. */
    private static final Pattern OWN = Pattern.compile(
            ".*(/flame4j-(benchmarks|benchmarks-peers|core)-[^/]*\\.jar|/(benchmarks|peers|flame4j-core)/target/classes/?)");

    private ClassPath() {}

    /** Our own classes, and jars whose names begin with one of these. */
    static String of(String... libraries) {
        Pattern wanted = libraries.length == 0
                ? Pattern.compile("(?!)")
                : Pattern.compile(".*/(" + String.join("|", libraries) + ")-[0-9][^/]*\\.jar");
        return entries().stream()
                .filter(entry ->
                        OWN.matcher(entry).matches() || wanted.matcher(entry).matches())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> entries() {
        String classPath = System.getProperty("java.class.path");
        if (!classPath.contains(File.pathSeparator)) {
            try (JarFile jar = new JarFile(classPath)) {
                String inside = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
                if (inside != null) {
                    return Arrays.stream(inside.split(" "))
                            .map(uri -> Path.of(URI.create(uri)).toString())
                            .toList();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return List.of(classPath.split(File.pathSeparator));
    }

    /**
     * A jar that holds nothing but a manifest with this class path and the packages that Ignite needs opened. They could be
     * opened by options, but all JVMs of the run have those, and they cost each its start.
     */
    static Path jar(Class<?> main, List<String> opens) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, main.getName());
        attributes.put(new Attributes.Name("Add-Opens"), String.join(" ", opens));
        List<String> uris = new ArrayList<>();
        for (String entry : entries()) {
            uris.add(Path.of(entry).toUri().toString());
        }
        attributes.put(Attributes.Name.CLASS_PATH, String.join(" ", uris));
        Path file = Files.createTempFile("flame4j-peers", ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            out.finish();
        }
        return file;
    }
}
