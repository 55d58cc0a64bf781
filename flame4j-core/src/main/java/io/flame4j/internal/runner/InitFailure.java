package io.flame4j.internal.runner;

import io.flame4j.FlameException;
import io.flame4j.internal.wire.ControlFrame;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Why an initializer failed, in words: at length for the parent, whose log is read, and in one line for the runner's own output. */
final class InitFailure {

    private static final int MOST_CAUSES = 10;

    private InitFailure() {}

    /** What is wrong, and apart from it the stack trace, which does not say it again. */
    static ControlFrame.InitFailed explain(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text, true));
        String trace = text.toString();
        String title = e.toString();
        String what = withCauses(e instanceof FlameException ? String.valueOf(e.getMessage()) : title, e);
        return new ControlFrame.InitFailed(
                what.endsWith(".") ? what : what + ".",
                trace.startsWith(title) ? e.getClass().getName() + trace.substring(title.length()) : trace);
    }

    /** The first line. */
    static String brief(Throwable e, boolean told) {
        String all = e.toString();
        int end = all.indexOf('\n');
        return end < 0 ? all : all.substring(0, end) + (told ? " Its parent has logged the whole of it." : "");
    }

    /** A message of several lines is a report that has its causes in it, as Boot's analysis has. */
    private static String withCauses(String message, Throwable e) {
        boolean report = e instanceof FlameException && message.indexOf('\n') >= 0;
        StringBuilder all = new StringBuilder(message);
        Throwable cause = report ? null : e.getCause();
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            String text = cause.toString();
            if (!message.contains(text)) {
                all.append("\nCaused by: ").append(text);
            }
            cause = cause.getCause();
        }
        return all.toString();
    }
}
