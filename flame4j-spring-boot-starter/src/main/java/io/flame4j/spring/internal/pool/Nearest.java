package io.flame4j.spring.internal.pool;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Guesses which name was meant. */
public final class Nearest {

    private Nearest() {}

    /** The name that is fewest letters away, or null when each is mostly another word. */
    public static @Nullable String of(String name, List<String> names) {
        return names.stream()
                .filter(each -> distance(name, each) <= Math.max(name.length(), each.length()) / 3)
                .min(Comparator.comparingInt(each -> distance(name, each)))
                .orElse(null);
    }

    /** How many letters must be put in, left out or replaced. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
