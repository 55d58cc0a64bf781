package io.flame4j.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The JVM options for an archive of loaded classes, which a JVM maps into memory instead of reading, checking and linking
 * them one by one: class-data sharing with a dynamic archive, and from Java 25 on the cache for ahead-of-time loading,
 * which holds more. The JVM checks that an archive fits, and does without one that does not.
 */
final class ArchiveOptions {

    private static final int FIRST_WITH_CACHE = 25;

    /** What else decides whether classes are shared, so that it is somebody else's business. */
    private static final List<String> ABOUT_ARCHIVES = List.of(
            "-Xshare:",
            "-XX:SharedArchiveFile=",
            "-XX:AOTCache=",
            "-XX:AOTMode=",
            "-XX:+DynamicDumpSharedSpaces",
            "-XX:-UseSharedSpaces");

    private final boolean cache;

    private ArchiveOptions(boolean cache) {
        this.cache = cache;
    }

    /** Those of a release of Java. */
    static ArchiveOptions of(int feature) {
        return new ArchiveOptions(feature >= FIRST_WITH_CACHE);
    }

    static ArchiveOptions ofThisJava() {
        return of(Runtime.version().feature());
    }

    /** How names of archives end. */
    String suffix() {
        return cache ? ".aot" : ".jsa";
    }

    /** Reads the archive. Warnings that it does not fit go nowhere: nothing is wrong but the start's time. */
    List<String> use(Path archive) {
        return cache
                ? List.of("-XX:AOTCache=" + archive, "-Xlog:aot*=off", "-Xlog:cds*=off")
                : List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off");
    }

    /** Reads the archive, or does not start. */
    List<String> require(Path archive) {
        return cache
                ? List.of("-XX:AOTCache=" + archive, "-XX:AOTMode=on")
                : List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:on");
    }

    /** Writes the archive when the JVM exits, of what it has loaded. */
    List<String> make(Path archive) {
        return List.of((cache ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive);
    }

    /** Whether the option says which archive is used, or none. */
    static boolean isAboutArchives(String option) {
        return ABOUT_ARCHIVES.stream().anyMatch(option::startsWith);
    }

    /** Whether an archive made with the option would hold little or nothing, or could not be made. */
    static boolean preventsArchives(String option) {
        String lower = option.toLowerCase(Locale.ROOT);
        return isAboutArchives(option)
                || option.startsWith("-javaagent:")
                || option.startsWith("-agentlib:")
                || option.startsWith("-agentpath:")
                || option.startsWith("-Xrun")
                || option.startsWith("-Xdebug")
                || option.startsWith("-Dcom.sun.management.")
                || option.startsWith("--patch-module")
                || option.startsWith("--upgrade-module-path")
                || option.startsWith("--limit-modules")
                || option.startsWith("-Xbootclasspath")
                || lower.startsWith("-djava.system.class.loader=");
    }
}
