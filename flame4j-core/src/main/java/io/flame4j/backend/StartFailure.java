package io.flame4j.backend;

import io.flame4j.RunnerBootException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says why the operating system did not create a process. */
final class StartFailure {

    private static final Pattern ERROR = Pattern.compile("error=(\\d+)");

    /** Of a JDK whose own helper was killed while it was starting the process. */
    private static final Pattern KILLED = Pattern.compile("spawn helper.*signal: ?\\d+");

    private static final int TOO_LONG = 7;
    private static final int TRY_AGAIN = 11;
    private static final int TRY_AGAIN_MACOS = 35;
    private static final int NO_MEMORY = 12;
    private static final int TOO_MANY_FILES_IN_SYSTEM = 23;
    private static final int TOO_MANY_FILES = 24;

    private StartFailure() {}

    static RunnerBootException of(String runner, String java, @Nullable Path directory, IOException cause) {
        String why;
        boolean permanent = true;
        int error = error(cause);
        if (directory != null && !Files.isDirectory(directory)) {
            why = "the working directory " + directory + " is not there any more. Create it again.";
        } else if (new File(java).isAbsolute() && !Files.isExecutable(Path.of(java))) {
            why = "there is no Java launcher at " + java
                    + ". It is looked for in the java.home of this process, which must be a whole JDK or runtime image.";
        } else if (error == TOO_LONG) {
            why = "its command line and environment are too long for the system. Shorten the class path or the"
                    + " environment variables.";
        } else if (error == TRY_AGAIN || error == TRY_AGAIN_MACOS || error == NO_MEMORY) {
            permanent = false;
            why = "the system is short of memory or processes (" + cause.getMessage()
                    + "). Lower max or the heap of runners, or raise the limits (ulimit -u, pids.max).";
        } else if (error == TOO_MANY_FILES || error == TOO_MANY_FILES_IN_SYSTEM) {
            permanent = false;
            why = "too many files are open (" + cause.getMessage() + "). Raise the limit (ulimit -n).";
        } else if (KILLED.matcher(String.valueOf(cause.getMessage())).find()) {
            permanent = false;
            why = "the JDK's helper that was starting it was killed (" + cause.getMessage()
                    + "), most likely for want of memory. Lower max or the heap of runners, or give this process more.";
        } else {
            why = cause.getMessage();
        }
        return new RunnerBootException(
                "Runner " + runner + " cannot be started: " + why,
                permanent ? RunnerBootException.Reason.CONFIGURATION : RunnerBootException.Reason.BACKEND,
                permanent,
                cause);
    }

    private static int error(IOException e) {
        Matcher matcher = ERROR.matcher(String.valueOf(e.getMessage()));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
