package io.flame4j.internal.runner;

import io.flame4j.FlameException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Why an initializer failed, in words: at length for the parent, whose log is read, and in one line for the runner's own output. */
final class InitFailure {

    private static final int MOST_CAUSES = 10;

    private InitFailure() {}

    /** What is wrong comes first, and then the stack trace, which does not say it again. */
    static String explain(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text, true));
        String trace = text.toString();
        String title = e.toString();
        String what = e instanceof FlameException ? String.valueOf(e.getMessage()) : withCauses(e);
        return what + (what.endsWith(".") ? "" : ".") + "\n"
                + (trace.startsWith(title) ? e.getClass().getName() + trace.substring(title.length()) : trace);
    }

    /** The first line. */
    static String brief(Throwable e, boolean told) {
        String all = e.toString();
        int end = all.indexOf('\n');
        return end < 0 ? all : all.substring(0, end) + (told ? " Its parent has logged the whole of it." : "");
    }

    private static String withCauses(Throwable e) {
        StringBuilder all = new StringBuilder(e.toString());
        Throwable cause = e.getCause();
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            all.append("\nCaused by: ").append(cause);
            cause = cause.getCause();
        }
        return all.toString();
    }
}
