package io.flame4j.kubernetes.internal.pods;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is expected, in a file that one can read. To write these files anew: {@code -Dflame4j.golden=write}, then look at
 * the difference before it is committed.
 */
public final class GoldenFile {

    private static final Path DIRECTORY = Path.of("src", "test", "resources", "golden");

    private GoldenFile() {}

    public static void check(String name, String actual) {
        Path file = DIRECTORY.resolve(name);
        try {
            if ("write".equals(System.getProperty("flame4j.golden"))) {
                Files.createDirectories(DIRECTORY);
                Files.writeString(file, actual);
                return;
            }
            String expected = Files.exists(file) ? Files.readString(file) : "";
            if (!expected.equals(actual)) {
                fail(
                        "%s differs from what is built (- file, + built). If that is right, run this test with"
                                + " -Dflame4j.golden=write and commit the file.%n%s",
                        file,
                        difference(expected.lines().toList(), actual.lines().toList()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whole lines: removed with a minus, added with a plus, those around a change as they are. */
    static String difference(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                lines.add("  " + before.get(i++));
                j++;
            } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("- " + before.get(i++));
            } else {
                lines.add("+ " + after.get(j++));
            }
        }
        return aroundChanges(lines);
    }

    private static String aroundChanges(List<String> lines) {
        StringBuilder text = new StringBuilder();
        boolean gap = false;
        for (int i = 0; i < lines.size(); i++) {
            boolean near = lines.subList(Math.max(0, i - 3), Math.min(lines.size(), i + 4)).stream()
                    .anyMatch(line -> !line.startsWith("  "));
            if (near) {
                text.append(gap ? "  …\n" : "").append(lines.get(i)).append('\n');
            }
            gap = !near;
        }
        return text.toString();
    }
}
