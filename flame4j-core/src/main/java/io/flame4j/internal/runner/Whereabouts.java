package io.flame4j.internal.runner;

import org.jspecify.annotations.Nullable;

/** Where another thread is, in a few words for the log. */
final class Whereabouts {

    private Whereabouts() {}

    /**
     * Where the thread is, and where the code outside of the JDK is that brought it there, which is what its author knows.
     *
     * @param thread any; null when it is not known
     * @return {@code , at java.lang.Thread.sleep(Native Method), called by com.acme.Main.run(Main.java:42)}; nothing when it
     *     has ended
     */
    static String of(@Nullable Thread thread) {
        StackTraceElement[] frames = thread == null ? new StackTraceElement[0] : thread.getStackTrace();
        if (frames.length == 0) {
            return "";
        }
        String top = ", at " + describe(frames[0]);
        for (StackTraceElement frame : frames) {
            if (!isOfJdk(frame)) {
                return frame == frames[0] ? top : top + ", called by " + describe(frame);
            }
        }
        return top;
    }

    private static boolean isOfJdk(StackTraceElement frame) {
        String module = frame.getModuleName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }

    private static String describe(StackTraceElement frame) {
        String file = frame.getFileName();
        String line = frame.isNativeMethod()
                ? "Native Method"
                : file == null ? "unknown" : file + (frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber());
        return frame.getClassName() + "." + frame.getMethodName() + "(" + line + ")";
    }
}
