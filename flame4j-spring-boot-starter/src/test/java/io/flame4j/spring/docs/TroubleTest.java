package io.flame4j.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A message in docs/spring.md that the code no longer has helps nobody who looks for one. */
class TroubleTest {

    private static final Path ROOT = Path.of("..");

    /** What others say. */
    private static final Set<String> NOT_OURS = Set.of("Address already in use");

    @Test
    void messages_are_those_of_the_code() throws IOException {
        String texts = texts("flame4j-core") + texts("flame4j-spring-boot-starter");
        Set<String> unknown = new TreeSet<>();
        for (String message : messages()) {
            for (String piece : message.split("…")) {
                if (!texts.contains(piece.strip()) && !NOT_OURS.contains(message)) {
                    unknown.add(message);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    /** What is in back quotes in the first column of the tables. */
    private static Set<String> messages() throws IOException {
        String document = Files.readString(ROOT.resolve("docs/spring.md"));
        int start = document.indexOf("\n## In case of trouble");
        assertThat(start).isPositive();
        Set<String> messages = new TreeSet<>();
        for (String line :
                document.substring(start, document.indexOf("\n## ", start + 1)).split("\n")) {
            if (line.startsWith("| ")) {
                Matcher quoted = Pattern.compile("`([^`]+)`").matcher(line.split("\\|")[1]);
                while (quoted.find()) {
                    messages.add(quoted.group(1));
                }
            }
        }
        assertThat(messages).hasSizeGreaterThan(20);
        return messages;
    }

    /** Sources with the string literals joined that are added to each other. */
    private static String texts(String module) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(TroubleTest::read)
                    .map(source -> source.replaceAll("\"\\s*\\+\\s*\"", ""))
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
