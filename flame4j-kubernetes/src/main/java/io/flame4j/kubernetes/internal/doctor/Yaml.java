package io.flame4j.kubernetes.internal.doctor;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Texts in YAML that people read. */
final class Yaml {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9._/-]*");

    /** What some readers take for something else than a text. */
    private static final Set<String> WORDS = Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

    private Yaml() {}

    /** A name or the value of a label: in quotes only where it would be no text without. */
    static String text(String value) {
        boolean plain = PLAIN.matcher(value).matches() && !WORDS.contains(value.toLowerCase(Locale.ROOT));
        return plain ? value : "\"" + value + "\"";
    }
}
