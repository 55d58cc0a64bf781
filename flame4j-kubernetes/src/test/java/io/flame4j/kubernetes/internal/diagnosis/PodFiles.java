package io.flame4j.kubernetes.internal.diagnosis;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Pods as clusters report them. */
final class PodFiles {

    private static final Path DIRECTORY = Path.of("src", "test", "resources", "pods");

    private PodFiles() {}

    /** Their names, without the ending. */
    static List<String> in(String directory) {
        try (Stream<Path> files = Files.list(DIRECTORY.resolve(directory))) {
            return files.map(file -> file.getFileName().toString().replaceAll("\\.yaml$", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Pod pod(String directory, String name) {
        try {
            String text = Files.readString(DIRECTORY.resolve(directory).resolve(name + ".yaml"));
            return Serialization.unmarshal(text, Pod.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
