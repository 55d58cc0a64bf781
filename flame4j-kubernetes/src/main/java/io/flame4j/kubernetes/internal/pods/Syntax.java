package io.flame4j.kubernetes.internal.pods;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which texts Kubernetes takes where. Each check returns what is wrong, as the end of a sentence, or null. */
public final class Syntax {

    private static final Pattern LABEL = Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?");
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
    private static final Pattern VARIABLE = Pattern.compile("[ -<>-~]+");
    private static final Pattern SECRET_KEY = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final Pattern QUANTITY = Pattern.compile(
            "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?");
    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST_NAME = 253;

    private Syntax() {}

    /** The value of a label. */
    public static @Nullable String labelValue(String value) {
        return value.length() <= LONGEST_LABEL && LABEL.matcher(value).matches()
                ? null
                : "must be at most 63 letters, digits, dashes, underscores and dots, with a letter or digit at both ends";
    }

    /** The key of a label or an annotation. */
    public static @Nullable String key(String key) {
        int slash = key.indexOf('/');
        String name = key.substring(slash + 1);
        boolean prefix = slash < 0 || dnsName(key.substring(0, slash)) == null;
        return prefix && !name.isEmpty() && labelValue(name) == null
                ? null
                : "must be a name of at most 63 letters, digits, dashes, underscores and dots, with a DNS name and a"
                        + " slash before it if you like";
    }

    /** The name of an object. */
    public static @Nullable String dnsName(String name) {
        return name.length() <= LONGEST_NAME && DNS_NAME.matcher(name).matches()
                ? null
                : "must be at most 253 lower-case letters, digits, dashes and dots, with a letter or digit at both ends";
    }

    /** The name of a namespace, container or volume. */
    public static @Nullable String dnsLabel(String name) {
        return name.length() <= LONGEST_LABEL && DNS_LABEL.matcher(name).matches()
                ? null
                : "must be at most 63 lower-case letters, digits and dashes, with a letter or digit at both ends";
    }

    /** The name of an environment variable. */
    public static @Nullable String variable(String name) {
        return VARIABLE.matcher(name).matches() ? null : "must be one or more printable characters without '='";
    }

    /** A key of a Secret. */
    public static @Nullable String secretKey(String name) {
        return name.length() <= LONGEST_NAME && SECRET_KEY.matcher(name).matches()
                ? null
                : "must consist of letters, digits, dashes, underscores and dots";
    }

    /** A quantity, as of memory. */
    public static @Nullable String quantity(String quantity) {
        return QUANTITY.matcher(quantity).matches()
                ? null
                : "'" + quantity + "' is no quantity. Give a number, with a unit if need be, such as 500m, 2 or 512Mi";
    }

    /** A text made fit for the value of a label; different texts stay different as far as that can be. */
    public static String toLabelValue(String text) {
        if (labelValue(text) == null) {
            return text;
        }
        String clean = text.replaceAll("[^-A-Za-z0-9_.]", "-").replaceAll("^[^A-Za-z0-9]+", "");
        String hash = String.format("%08x", text.hashCode());
        String start = clean.substring(0, Math.min(clean.length(), LONGEST_LABEL - 1 - hash.length()));
        return start.isEmpty() ? hash : start + "-" + hash;
    }
}
