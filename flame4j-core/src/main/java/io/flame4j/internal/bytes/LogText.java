package io.flame4j.internal.bytes;

/**
 * Makes text of others fit for logs and messages: it can neither begin a line that looks like ours, nor steer a terminal,
 * nor turn the direction of writing, nor fill a disk.
 */
public final class LogText {

    private static final String INDENT = "    ";

    private LogText() {}

    /**
     * A text as one line. Tabs stay; other control characters, line separators and marks of direction are written as
     * escapes.
     *
     * @param text of whomever
     * @param max characters of it that are kept; what is beyond is named by an ellipsis
     */
    public static String oneLine(String text, int max) {
        int end = Math.min(text.length(), max);
        if (end < text.length() && end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        int plain = 0;
        while (plain < end && !isUnfit(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder line = new StringBuilder(end + 16).append(text, 0, plain);
        for (int i = plain; i < end; i++) {
            char c = text.charAt(i);
            if (isUnfit(c)) {
                escape(line, c);
            } else {
                line.append(c);
            }
        }
        return end < text.length() ? line.append(" …").toString() : line.toString();
    }

    /**
     * A text of several lines, such as a stack trace, of which every line but the first is indented.
     *
     * @param text of whomever
     * @param max characters of it that are kept
     */
    public static String paragraph(String text, int max) {
        String[] lines = (text.length() > max ? text.substring(0, max) + " …" : text).split("\r?\n");
        StringBuilder all = new StringBuilder(text.length() + 16);
        for (int i = 0; i < lines.length; i++) {
            all.append(i == 0 ? "" : "\n" + INDENT).append(oneLine(lines[i], max));
        }
        return all.toString();
    }

    private static boolean isUnfit(char c) {
        return c < ' ' && c != '\t'
                || c >= 0x7F && c < 0xA0
                || c >= 0x2028 && c <= 0x202E
                || c >= 0x2066 && c <= 0x2069;
    }

    private static void escape(StringBuilder line, char c) {
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            default -> {
                line.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    line.append(Character.forDigit(c >> shift & 0xF, 16));
                }
            }
        }
    }
}
