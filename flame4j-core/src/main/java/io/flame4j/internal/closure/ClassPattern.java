package io.flame4j.internal.closure;

import java.util.regex.Pattern;

/**
 * Names classes: {@code com.acme.Order} one and those nested in it, {@code com.acme.*} those of a package,
 * {@code com.acme.**} those of the packages below it too.
 */
public final class ClassPattern {

    private static final String IDENTIFIER = "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*";
    private static final Pattern FORM = Pattern.compile(IDENTIFIER + "(\\." + IDENTIFIER + ")*(\\.\\*{1,2})?");

    private enum Kind {
        TYPE,
        PACKAGE,
        TREE
    }

    private final String text;
    private final Kind kind;
    private final String name;

    private ClassPattern(String text) {
        this.text = text;
        this.kind = text.endsWith(".**") ? Kind.TREE : text.endsWith(".*") ? Kind.PACKAGE : Kind.TYPE;
        this.name = kind == Kind.TYPE ? text : text.substring(0, text.indexOf(".*"));
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static ClassPattern parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("The pattern '" + text + "' is malformed. Name a class (com.acme.Order,"
                    + " which stands for those nested in it too), a package (com.acme.*), or a package and those below"
                    + " it (com.acme.**); one pattern for each argument.");
        }
        return new ClassPattern(text);
    }

    /** Whether it is the full name of one class. */
    public boolean isName() {
        return kind == Kind.TYPE;
    }

    /** Whether it is the full name of this class. */
    boolean isNameOf(Class<?> type) {
        return isName() && name.equals(type.getName());
    }

    boolean matches(Class<?> type) {
        return switch (kind) {
            case TYPE -> begins(type.getName(), '$');
            case PACKAGE -> type.getPackageName().equals(name);
            case TREE -> begins(type.getPackageName(), '.');
        };
    }

    private boolean begins(String whole, char next) {
        return whole.startsWith(name) && (whole.length() == name.length() || whole.charAt(name.length()) == next);
    }

    @Override
    public String toString() {
        return text;
    }
}
