package io.flame4j.backend;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command line in a file, for {@code java @file}. An environment variable would not do for a long class path: Linux
 * bounds it as it bounds an argument. Only this user can read the file.
 */
final class ArgumentFile {

    private static final Logger LOG = LoggerFactory.getLogger(ArgumentFile.class);

    /** Linux takes 128 KiB for one argument, and at least as much in all. */
    private static final int LONGEST_ARGUMENT = 100 << 10;

    /** macOS takes 1 MiB with the environment. */
    private static final int LONGEST_COMMAND = 500 << 10;

    /** Windows takes 32,767 characters. */
    private static final int LONGEST_WINDOWS_COMMAND = 30_000;

    private final Path path;

    private ArgumentFile(Path path) {
        this.path = path;
    }

    static boolean isNeeded(List<String> arguments, boolean windows) {
        int total = 0;
        for (String argument : arguments) {
            if (argument.length() > LONGEST_ARGUMENT) {
                return true;
            }
            total += argument.length() + 3;
        }
        return total > (windows ? LONGEST_WINDOWS_COMMAND : LONGEST_COMMAND);
    }

    static ArgumentFile write(List<String> arguments) throws IOException {
        Path path = Files.createTempFile("flame4j-", ".args");
        try {
            String name = System.getProperty("native.encoding", "UTF-8");
            Files.write(path, arguments.stream().map(ArgumentFile::quote).toList(), Charset.forName(name));
            return new ArgumentFile(path);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    String argument() {
        return "@" + path;
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("Cannot delete {}: {}. Delete it by hand.", path, e.toString());
        }
    }

    static String quote(String argument) {
        StringBuilder quoted = new StringBuilder(argument.length() + 2).append('"');
        for (int i = 0; i < argument.length(); i++) {
            char c = argument.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\f' -> quoted.append("\\f");
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
