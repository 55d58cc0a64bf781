package io.flame4j.internal.runner;

import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/**
 * Spares a runner the search for somebody's own implementation of sockets. Before its first channel the JDK asks every
 * jar of the class path whether it has one, which opens them all; with the jars of an application that takes longer
 * than the rest of the runner's start. An implementation that is named by the system property still counts.
 */
final class SocketProvider {

    private static final String PROPERTY = "java.nio.channels.spi.SelectorProvider";

    private SocketProvider() {}

    /** Settles on the JDK's own implementation, where it is one that we know by name. */
    static void settle() {
        if (System.getProperty(PROPERTY) != null) {
            return;
        }
        String name = nameOf(System.getProperty("os.name", ""));
        if (name != null && isThere(name)) {
            System.setProperty(PROPERTY, name);
            try {
                SelectorProvider.provider();
            } finally {
                System.clearProperty(PROPERTY);
            }
        }
    }

    private static @Nullable String nameOf(String system) {
        return switch (system) {
            case "Linux" -> "sun.nio.ch.EPollSelectorProvider";
            case "Mac OS X" -> "sun.nio.ch.KQueueSelectorProvider";
            default -> null;
        };
    }

    /** A name that leads nowhere would be fatal. */
    private static boolean isThere(String name) {
        try {
            return SelectorProvider.class.isAssignableFrom(
                    Class.forName(name, false, null).getConstructor().getDeclaringClass());
        } catch (ReflectiveOperationException | LinkageError e) {
            return false;
        }
    }
}
