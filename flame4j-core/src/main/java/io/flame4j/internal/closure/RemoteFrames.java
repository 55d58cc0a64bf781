package io.flame4j.internal.closure;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the text of a stack trace back into frames, for an exception of which only the text has arrived. */
final class RemoteFrames {

    private static final String AT = "\tat ";
    private static final String CAUSE = "Caused by: ";
    private static final String HIDDEN_CLASS = "/0x";

    /** Of {@link StackTraceElement#isNativeMethod()}. */
    private static final int NATIVE = -2;

    private static final int MOST_FRAMES = 1024;

    private RemoteFrames() {}

    /**
     * The frames of the exception itself, without those of its causes.
     *
     * @param trace as {@link Throwable#printStackTrace()} writes it
     * @param message of the exception, which may itself hold lines that look like frames
     */
    static StackTraceElement[] parse(String trace, @Nullable String message) {
        List<StackTraceElement> frames = new ArrayList<>();
        int inMessage = message == null ? -1 : trace.indexOf(message);
        String rest = inMessage < 0 ? trace : trace.substring(inMessage + (message == null ? 0 : message.length()));
        for (Iterator<String> lines = rest.lines().iterator(); lines.hasNext(); ) {
            String line = lines.next();
            StackTraceElement frame = line.startsWith(AT) ? frame(line.substring(AT.length())) : null;
            if (frame != null && frames.size() < MOST_FRAMES) {
                frames.add(frame);
            } else if (!frames.isEmpty() || line.startsWith(CAUSE)) {
                break;
            }
        }
        return frames.toArray(new StackTraceElement[0]);
    }

    /** Of {@code loader/module@version/com.acme.Main.run(Main.java:42)}, with each part before the class optional. */
    private static @Nullable StackTraceElement frame(String text) {
        int open = text.lastIndexOf('(');
        int dot = text.lastIndexOf('.', open);
        int start = startOfClass(text, dot);
        if (dot <= start || !text.endsWith(")")) {
            return null;
        }
        String[] prefix = text.substring(0, start).split("/", -1);
        String loader = prefix.length == 3 ? emptyToNull(prefix[0]) : null;
        String module = prefix.length < 2 ? null : emptyToNull(prefix[prefix.length - 2]);
        int at = module == null ? -1 : module.indexOf('@');
        String place = text.substring(open + 1, text.length() - 1);
        int colon = place.lastIndexOf(':');
        boolean known = !place.equals("Unknown Source") && !place.equals("Native Method");
        return new StackTraceElement(
                loader,
                at < 0 || module == null ? module : module.substring(0, at),
                at < 0 || module == null ? null : module.substring(at + 1),
                text.substring(start, dot),
                text.substring(dot + 1, open),
                known ? place.substring(0, colon < 0 ? place.length() : colon) : null,
                place.equals("Native Method") ? NATIVE : number(place.substring(colon + 1)));
    }

    /** After the last slash that does not belong to the name of a hidden class. */
    private static int startOfClass(String text, int before) {
        int slash = text.lastIndexOf('/', before);
        while (slash >= 0 && text.startsWith(HIDDEN_CLASS, slash)) {
            slash = text.lastIndexOf('/', slash - 1);
        }
        return slash + 1;
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
