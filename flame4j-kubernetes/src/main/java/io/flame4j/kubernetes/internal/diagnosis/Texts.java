package io.flame4j.kubernetes.internal.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts of the cluster, made fit to be quoted. */
final class Texts {

    /** Container runtimes nest messages in messages. */
    private static final int LONGEST = 600;

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern END = Pattern.compile("[\\s.;,]+$");

    /** Kubelets name pod and container once more. */
    private static final Pattern WHICH = Pattern.compile(" \\(pod: \"[^\"]*\", container: [^)]*\\)");

    private Texts() {}

    /** On one line, without a full stop, shortened in the middle when it is long: both ends say what is wrong. */
    static String clause(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String line = BLANKS.matcher(text).replaceAll(" ").strip();
        line = END.matcher(WHICH.matcher(line).replaceAll("")).replaceAll("");
        return line.length() <= LONGEST
                ? line
                : line.substring(0, LONGEST / 2) + " … " + line.substring(line.length() - LONGEST / 2);
    }

    /** The text after a colon, if there is one. */
    static String colon(String text) {
        return text.isEmpty() ? "" : ": " + text;
    }

    /** The text in parentheses, if there is one. */
    static String parenthesis(String text) {
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    /** The text as another sentence, if there is one. */
    static String sentence(String text) {
        return text.isEmpty() ? "" : ". " + text;
    }

    /** How long since, in whole seconds; clocks may differ, so that it may seem to be less than nothing. */
    static String since(Instant then, Instant now) {
        return Math.max(0, Duration.between(then, now).toSeconds()) + " s";
    }
}
