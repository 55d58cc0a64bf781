package io.flame4j.backend;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * How {@link RunnerArchive} is started by a process that has something else to do: at the lowest priority, as two small JVMs,
 * with nothing of the application but its class path and the JVM options that runners share. It runs none of its code, so
 * that it gets none of its logging configuration, recordings or environment either.
 */
final class ArchiveMaker {

    private static final List<Path> NICE = List.of(Path.of("/usr/bin/nice"), Path.of("/bin/nice"));

    /**
     * For the maker and its runner, after all others. A logging library would read the application's configuration and open
     * its files; slf4j before 2.0.9 knows no such option.
     */
    private static final List<String> OPTIONS =
            List.of("-XX:-AlwaysPreTouch", "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");

    /** What a JVM needs of the environment, in upper case. The rest may be secret. */
    private static final Set<String> VARIABLES = Set.of(
            "PATH",
            "HOME",
            "USER",
            "TMPDIR",
            "TMP",
            "TEMP",
            "LANG",
            "LD_LIBRARY_PATH",
            "SYSTEMROOT",
            "LOCALAPPDATA",
            "USERPROFILE");

    private static final List<String> VARIABLE_PREFIXES = List.of("LC_", "XDG_");

    /** Options that have a file written or a program run. */
    private static final List<String> WRITERS = List.of(
            "-Xlog",
            "-XX:ErrorFile=",
            "-XX:ReplayDataFile=",
            "-XX:LogFile=",
            "-XX:OnError=",
            "-XX:OnOutOfMemoryError=");

    /** With one, a maker would take its time from calls, whatever its priority. */
    private static final int FEWEST_PROCESSORS = 2;

    /** Two JVMs take some 200 MiB. */
    private static final long LEAST_MEMORY = 2L << 30;

    private static final Path MEMORY_LIMIT = Path.of("/sys/fs/cgroup/memory.max");

    private ArchiveMaker() {}

    /** Why none shall be made on this machine or in this container, if so. */
    static Optional<String> obstacle() {
        return obstacle(Runtime.getRuntime().availableProcessors(), memory());
    }

    static Optional<String> obstacle(int processors, long memory) {
        if (processors < FEWEST_PROCESSORS) {
            return Optional.of("this JVM has one processor only");
        }
        if (memory < LEAST_MEMORY) {
            return Optional.of("this JVM sees " + (memory >> 20) + " MiB of memory, less than 2 GiB");
        }
        return Optional.empty();
    }

    /** The machine's or the container's memory in bytes; as much as can be when it is not known. */
    private static long memory() {
        try {
            // By name, since the core does without the module jdk.management.
            Object total = ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "TotalMemorySize");
            return ((Number) total).longValue();
        } catch (JMException | RuntimeException e) {
            RunnerArchives.LOG.debug("The JVM does not tell how much memory there is: {}", e.toString());
        }
        try {
            return Long.parseLong(Files.readString(MEMORY_LIMIT).strip());
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The maker's JVM and what it runs, without {@link #niced priority}. */
    static List<String> arguments(JvmCommand command, String transport, Path file) {
        List<String> line = new ArrayList<>(command.withHeap(RunnerArchive.HEAP)
                .without(ArchiveMaker::isUnwanted)
                .withOptions(OPTIONS)
                .withMainClass(RunnerArchive.class.getName())
                .arguments());
        line.add("--transport");
        line.add(transport);
        line.add(file.toString());
        return line;
    }

    /** In front of the arguments. */
    static List<String> niced() {
        return NICE.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .map(nice -> List.of(nice.toString(), "-n", "19"))
                .orElse(List.of());
    }

    static void restrict(Map<String, String> environment) {
        environment.keySet().removeIf(name -> {
            String upper = name.toUpperCase(Locale.ROOT);
            return !VARIABLES.contains(upper) && VARIABLE_PREFIXES.stream().noneMatch(upper::startsWith);
        });
    }

    /** The arguments in a file, when they are too long for the platform. */
    static @Nullable ArgumentFile file(List<String> arguments) throws IOException {
        return ArgumentFile.isNeeded(arguments, File.separatorChar == '\\')
                ? ArgumentFile.write(arguments.subList(1, arguments.size()))
                : null;
    }

    private static boolean isUnwanted(String option) {
        return !JvmOptions.isShareable(option) && !isValue(option)
                || WRITERS.stream().anyMatch(option::startsWith);
    }

    /** The second half of an option such as {@code --add-opens}. */
    private static boolean isValue(String option) {
        return !option.startsWith("-");
    }
}
