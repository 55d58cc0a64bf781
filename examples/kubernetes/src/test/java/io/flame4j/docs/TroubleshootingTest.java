package io.flame4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/kubernetes/troubleshooting.md against the code. */
class TroubleshootingTest {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Path TROUBLESHOOTING = ROOT.resolve("docs/kubernetes/troubleshooting.md");

    /** A message that the code no longer has helps nobody who looks for one. */
    @Test
    void theMessagesAreThoseOfTheCode() throws IOException {
        String texts = sources().stream().map(TroubleshootingTest::texts).collect(Collectors.joining("\n"));
        Set<String> unknown = new TreeSet<>();
        for (String message : messages()) {
            for (String piece : message.split("…")) {
                String words = piece.strip();
                if (!words.isEmpty() && !texts.contains(words)) {
                    unknown.add(words);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    /** What is in back quotes in the first column of the tables. */
    private static Collection<String> messages() throws IOException {
        Set<String> messages = new TreeSet<>();
        for (String line : Files.readAllLines(TROUBLESHOOTING)) {
            if (line.startsWith("| ") && !line.startsWith("| message") && !line.startsWith("| what you see")) {
                Matcher quoted = Pattern.compile("`([^`]+)`").matcher(line.split("\\|")[1]);
                while (quoted.find()) {
                    messages.add(quoted.group(1));
                }
            }
            if (line.startsWith("## Without a message")) {
                break;
            }
        }
        assertThat(messages).hasSizeGreaterThan(40);
        return messages;
    }

    private static List<Path> sources() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String module : List.of("flame4j-core", "flame4j-kubernetes")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
            }
        }
        return found;
    }

    /** The text of a source with its string literals joined where they are added to each other. */
    private static String texts(Path file) {
        try {
            return Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "").replace("\\\"", "\"");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
