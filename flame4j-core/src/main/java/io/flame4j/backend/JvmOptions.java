package io.flame4j.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which JVM options a runner may have in common with its parent; the table is in {@link JvmCommand}. */
final class JvmOptions {

    /** What the launcher makes of the rest of the command line. */
    private static final List<String> LAUNCHER_OWN = List.of(
            "--class-path",
            "--module-path",
            "-Djava.class.path=",
            "-Djdk.module.main",
            "-Djdk.module.path=",
            "-Dsun.java.command=",
            "-Dsun.java.launcher",
            "-Dloader.main=",
            "-Dloader.args=");

    private static final List<String> DEBUG_AND_MANAGEMENT =
            List.of("-agentlib:jdwp", "-Xrunjdwp", "-Xdebug", "-Xnoagent", "-Dcom.sun.management.");

    /** Agents of which a machine, or a tool's window, has room for one: they listen at a port or write one file. */
    private static final Pattern LONE_AGENT = Pattern.compile(
            "-agent(lib|path):[^=]*(yjpagent|jprofilerti|asyncProfiler)"
                    + ".*|-javaagent:([^=]*[/\\\\])?(idea_rt|debugger-agent|jmx_prometheus_javaagent|jolokia)[^/\\\\=]*\\.jar.*");

    private static final Pattern HOTSPOT = Pattern.compile("-XX:[+-]?([A-Za-z0-9]+)(?:[=:](.*))?", Pattern.DOTALL);

    private static final Set<String> NEVER = Set.of(
            "StartFlightRecording",
            "FlightRecorderOptions",
            "ArchiveClassesAtExit",
            "AutoCreateSharedArchive",
            "RecordDynamicDumpInfo",
            "DumpLoadedClassList",
            "AOTCacheOutput",
            "AOTConfiguration",
            "ManagementServer",
            "PerfDataSaveToFile",
            "PerfDataSaveFile",
            "CRaCCheckpointTo",
            "CRaCRestoreFrom");

    /** Options that name a file to write. */
    private static final Set<String> WRITERS = Set.of("ErrorFile", "ReplayDataFile", "LogFile");

    private static final String PROCESS_ID = "%p";

    private JvmOptions() {}

    /** The options of the list that a runner may have too, or those that it may not. */
    static List<String> select(List<String> options, boolean shareable) {
        boolean cacheIsOutput = options.contains("-XX:AOTMode=create");
        List<String> selected = new ArrayList<>();
        for (String option : options) {
            boolean output = cacheIsOutput && option.startsWith("-XX:AOTCache=");
            if ((isShareable(option) && !output) == shareable) {
                selected.add(option);
            }
        }
        return selected;
    }

    static boolean isShareable(String option) {
        if (!option.startsWith("-")
                || startsWithAny(option, LAUNCHER_OWN)
                || startsWithAny(option, DEBUG_AND_MANAGEMENT)
                || LONE_AGENT.matcher(option).matches()
                || option.equals("-Xshare:dump")
                || option.equals("-Xshare:on")) {
            return false;
        }
        if (option.startsWith("-Xlog:")) {
            return isShareableLog(option);
        }
        if (option.startsWith("-Xloggc:")) {
            return option.contains(PROCESS_ID);
        }
        Matcher matcher = HOTSPOT.matcher(option);
        return !matcher.matches() || isShareableFlag(matcher.group(1), matcher.group(2));
    }

    private static boolean isShareableFlag(String name, @Nullable String value) {
        if (NEVER.contains(name) || name.startsWith("HeapDump")) {
            return false;
        }
        if (name.equals("AOTMode")) {
            return "auto".equals(value) || "off".equals(value);
        }
        return !WRITERS.contains(name) || (value != null && value.contains(PROCESS_ID));
    }

    /** {@code -Xlog:what:output:decorators:options}: the output is a stream, or a file with or without {@code file=}. */
    private static boolean isShareableLog(String option) {
        String[] parts = option.split(":", 4);
        String output = parts.length < 3 ? "" : parts[2];
        return output.isEmpty() || output.equals("stdout") || output.equals("stderr") || option.contains(PROCESS_ID);
    }

    /** The option with the names of files that the JVM reads made absolute. */
    static String withPaths(String option, UnaryOperator<String> change) {
        for (String prefix : List.of("-javaagent:", "-agentpath:")) {
            if (option.startsWith(prefix)) {
                int end = option.indexOf('=');
                end = end < 0 ? option.length() : end;
                return prefix + change.apply(option.substring(prefix.length(), end)) + option.substring(end);
            }
        }
        if (option.startsWith("--patch-module=")) {
            int start = option.indexOf('=', "--patch-module=".length()) + 1;
            return option.substring(0, start) + change.apply(option.substring(start));
        }
        for (String prefix :
                List.of("-Xbootclasspath/a:", "--upgrade-module-path=", "-XX:SharedArchiveFile=", "-XX:AOTCache=")) {
            if (option.startsWith(prefix)) {
                return prefix + change.apply(option.substring(prefix.length()));
            }
        }
        return option;
    }

    private static boolean startsWithAny(String option, List<String> prefixes) {
        return prefixes.stream().anyMatch(option::startsWith);
    }
}
