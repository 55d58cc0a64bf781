package io.flame4j.internal.closure;

import io.flame4j.FlameException;
import io.flame4j.Tracked;
import io.flame4j.backend.NoRoomException;
import java.io.File;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Proxy;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What even a strict allow-list lets in: the values, collections and exceptions of the JDK, and the exceptions of
 * flame4j. Nothing here does more, when it is read, than to hold what it is given and to call {@code equals},
 * {@code hashCode} or {@code compareTo} of it.
 *
 * <p>A lambda is let in, since the class that it is written in is a part of it and has to be allowed as well.
 */
final class PlainClasses {

    private static final Set<String> PACKAGES = Set.of(
            "java.lang",
            "java.math",
            "java.time",
            "java.time.chrono",
            "java.time.temporal",
            "java.time.zone",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.util.concurrent.locks");

    private static final Set<String> OWN_PACKAGES =
            Set.of(FlameException.class.getPackageName(), NoRoomException.class.getPackageName());

    /** By name where the JVM may lack the class, or nobody but the JDK may use it. */
    private static final Set<String> NAMES = Set.of(
            File.class.getName(),
            Inet4Address.class.getName(),
            Inet6Address.class.getName(),
            InetAddress.class.getName(),
            InetSocketAddress.class.getName(),
            Pattern.class.getName(),
            Proxy.class.getName(),
            SerializedLambda.class.getName(),
            SocketAddress.class.getName(),
            URI.class.getName(),
            "java.sql.Date",
            "java.sql.Time",
            "java.sql.Timestamp",
            // What TimeZone.getDefault() returns.
            "sun.util.calendar.ZoneInfo");

    private PlainClasses() {}

    static boolean contains(Class<?> type) {
        if (ClassFingerprint.isPlatform(type)) {
            return PACKAGES.contains(type.getPackageName())
                    || NAMES.contains(type.getName())
                    || Throwable.class.isAssignableFrom(type)
                    // As the type of an array's elements, or a Class: there is nothing of it to be read.
                    || type.isInterface();
        }
        return isOfFlame4j(type);
    }

    /** Not by the name of the package, into which anybody may put classes. */
    private static boolean isOfFlame4j(Class<?> type) {
        Class<?> host = type.getNestHost();
        return host.getClassLoader() == FlameException.class.getClassLoader()
                && OWN_PACKAGES.contains(host.getPackageName())
                && (FlameException.class.isAssignableFrom(host)
                        || host == NoRoomException.class
                        || host == Tracked.class);
    }
}
