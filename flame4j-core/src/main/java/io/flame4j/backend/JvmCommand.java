package io.flame4j.backend;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts a runner, rebuilt from the one that started this JVM, so that a runner has the same Java, the
 * same classes and the same JVM options.
 *
 * <h2>How the runner is started</h2>
 *
 * <table>
 * <caption>By how this JVM was started</caption>
 * <tr><th>this JVM</th><th>the runner</th></tr>
 * <tr><td>{@code java -cp …}, an unpacked image, a class path in a manifest as IDEs and build tools make it</td>
 *     <td>{@code -cp …} and flame4j's own main</td></tr>
 * <tr><td>{@code java -jar app.jar}</td><td>{@code -cp app.jar}, which honours its manifest's {@code Class-Path}</td></tr>
 * <tr><td>{@code java -p … -m app}, flame4j being a module</td>
 *     <td>{@code -p … --add-modules=app -m io.flame4j.core/…}</td></tr>
 * <tr><td>the same, flame4j being on the class path</td><td>{@code -cp … -p … --add-modules=app} and flame4j's own main</td></tr>
 * <tr><td>Spring Boot's executable jar or war, or an unpacked jar</td>
 *     <td>the same class path and Spring Boot's {@code PropertiesLauncher}, told flame4j's own main</td></tr>
 * <tr><td>another archive that nests flame4j</td>
 *     <td>as this JVM was, without arguments; the application calls {@link io.flame4j.FlameRunner#runIfRunner()}</td></tr>
 * </table>
 *
 * <p>Argument files ({@code @file}, {@code -XX:VMOptionsFile}) and the variables {@link #ABSORBED_VARIABLES} need no
 * care: the JVM reports the options that it found in them.
 *
 * <h2>Options</h2>
 *
 * <p>All are kept but those that two JVMs cannot share, or that would make a runner do work of no use to it:
 *
 * <table>
 * <caption>What is left out</caption>
 * <tr><th>left out</th><th>because</th></tr>
 * <tr><td>{@code -agentlib:jdwp}, {@code -Xrunjdwp}, {@code -Xdebug}, {@code -Xnoagent}</td><td>port; waits for a debugger</td></tr>
 * <tr><td>{@code -Dcom.sun.management.*}, {@code -XX:+ManagementServer}</td><td>port</td></tr>
 * <tr><td>{@code -javaagent} of IntelliJ IDEA's run and debug windows, the Prometheus JMX exporter and Jolokia</td><td>port</td></tr>
 * <tr><td>{@code -agentpath} and {@code -agentlib} of YourKit, JProfiler and async-profiler</td><td>port or file</td></tr>
 * <tr><td>{@code -XX:HeapDump*}</td><td>file as large as the heap, written before the runner's end is known</td></tr>
 * <tr><td>{@code -XX:ErrorFile}, {@code -XX:ReplayDataFile}, {@code -XX:LogFile}, {@code -Xloggc}, and {@code -Xlog} into
 *     a file</td><td>file; kept when its name contains {@code %p}</td></tr>
 * <tr><td>{@code -XX:StartFlightRecording}, {@code -XX:FlightRecorderOptions}</td><td>file</td></tr>
 * <tr><td>{@code -XX:ArchiveClassesAtExit}, {@code -XX:+AutoCreateSharedArchive}, {@code -XX:+RecordDynamicDumpInfo},
 *     {@code -XX:DumpLoadedClassList}, {@code -XX:AOTCacheOutput}, {@code -XX:AOTConfiguration},
 *     {@code -XX:AOTMode=record|create}, {@code -XX:CRaC*}</td><td>file</td></tr>
 * <tr><td>{@code -Xshare:on}, {@code -Xshare:dump}, {@code -XX:AOTMode=on}</td><td>a cache that does not fit would end the
 *     runner; without them it is not used</td></tr>
 * <tr><td>{@code -XX:PerfDataSaveToFile}, {@code -XX:PerfDataSaveFile}</td><td>file</td></tr>
 * <tr><td>{@code -Dloader.main}, {@code -Dloader.args}, and what the launcher itself makes of the class path, module path
 *     and main class</td><td>given anew</td></tr>
 * </table>
 *
 * <p>Kept are, among others: heap sizes and collectors ({@code -Xmx}, {@code -XX:MaxRAMPercentage}), system properties,
 * {@code --add-opens} and its kin, {@code --enable-preview}, {@code --enable-native-access}, assertions, any other
 * {@code -javaagent} (JaCoCo's among them, which locks the file it appends to), {@code -XX:SharedArchiveFile} and
 * {@code -XX:AOTCache} for reading, {@code -XX:NativeMemoryTracking}, {@code -XX:OnError} and
 * {@code -XX:OnOutOfMemoryError}.
 *
 * <p>Added is one: an archive of classes that {@link RunnerArchive} has put beside flame4j's jar, unless the options of
 * this process say already which archive is used, or none. It must be a file of the jar's owner or of root's, to which nobody
 * else may write; else it is left alone, which is logged once.
 *
 * <p>Immutable and thread-safe. {@link #toString()} shows no options, since their values may be secret.
 *
 * @since 0.1
 */
public final class JvmCommand {

    /** How a runner is started. */
    public enum Start {
        /** flame4j's own main on the class path. */
        CLASS_PATH,
        /** flame4j's own main in its module. */
        MODULE_PATH,
        /** Spring Boot's launcher, told flame4j's own main. */
        SPRING_BOOT,
        /** The application's main, which calls {@link io.flame4j.FlameRunner#runIfRunner()}. */
        ORIGINAL
    }

    /**
     * The environment variables whose JVM options are among {@link #options()} already. A runner must be started
     * without them, or it gets back what was left out.
     */
    public static final Set<String> ABSORBED_VARIABLES =
            Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** Named, because backends do not know the runner. */
    static final String RUNNER_MAIN = "io.flame4j.internal.runner.RunnerMain";

    /** By the main class of their JVMs, in which they run programs of users too if they are told to. */
    private static final Map<String, String> BUILD_TOOLS = Map.of(
            "org.codehaus.plexus.classworlds.launcher.Launcher", "Maven",
            "org.gradle.launcher.daemon.bootstrap.GradleDaemon", "Gradle");

    private final JvmFacts facts;
    private final List<String> options;
    private final List<String> dropped;
    private final JvmLaunch launch;
    private final String mainClass;

    private JvmCommand(JvmFacts facts, List<String> options, List<String> dropped, JvmLaunch launch, String mainClass) {
        this.facts = facts;
        this.options = List.copyOf(options);
        this.dropped = List.copyOf(dropped);
        this.launch = launch;
        this.mainClass = mainClass;
    }

    /**
     * The command for runners of this process.
     *
     * @return the command
     */
    public static JvmCommand ofThisProcess() {
        return of(JvmFacts.ofThisProcess()).withArchive(RunnerArchive.found());
    }

    static JvmCommand of(JvmFacts facts) {
        return new JvmCommand(
                facts,
                JvmOptions.select(facts.options(), true),
                JvmOptions.select(facts.options(), false),
                JvmLaunch.of(facts),
                RUNNER_MAIN);
    }

    /** The build tool whose own JVM this is, when a runner would be started as that tool, and build; null otherwise. */
    @Nullable
    String buildTool() {
        return start() != Start.ORIGINAL ? null : BUILD_TOOLS.get(facts.mainClass());
    }

    /**
     * How the runner is started.
     *
     * @return the kind of start
     */
    public Start start() {
        return launch.start();
    }

    /**
     * The Java launcher: that of this process's {@code java.home}.
     *
     * @return the file's name
     */
    public String java() {
        String separator = facts.windows() ? "\\" : "/";
        return facts.javaHome() + separator + "bin" + separator + (facts.windows() ? "java.exe" : "java");
    }

    /**
     * The JVM options, without those that say what is run.
     *
     * @return an immutable list
     */
    public List<String> options() {
        return options;
    }

    /**
     * The options of this process that were left out, as the table above says, with those that
     * {@link #withHeap} and {@link #withOptions} replaced.
     *
     * @return an immutable list
     */
    public List<String> dropped() {
        return dropped;
    }

    /**
     * The whole command: the launcher, the options, and what is run. May be longer than the platform allows; the
     * launcher takes all but the first from a file too ({@code java @file}).
     *
     * @return an immutable list
     */
    public List<String> arguments() {
        return Stream.of(List.of(java()), options, launch.arguments(mainClass))
                .flatMap(List::stream)
                .toList();
    }

    /**
     * With a largest heap in place of all heap sizes.
     *
     * @param size a size as for {@code -Xmx}
     * @return a new command
     * @throws IllegalArgumentException when the size is malformed
     */
    public JvmCommand withHeap(String size) {
        return without(HeapOptions::isHeapSize).with(List.of("-Xmx" + HeapOptions.check(size)));
    }

    /**
     * With more JVM options after the others, so that they win. Heap sizes and the garbage collector give way when
     * there are such options among the new ones, since the JVM refuses contradictions. Nothing is left out of the new
     * ones.
     *
     * @param more the options
     * @return a new command
     */
    public JvmCommand withOptions(List<String> more) {
        JvmCommand result = this;
        if (more.stream().anyMatch(HeapOptions::isHeapSize)) {
            result = result.without(HeapOptions::isHeapSize);
        }
        if (more.stream().anyMatch(HeapOptions::isCollector)) {
            result = result.without(HeapOptions::isCollector);
        }
        return result.with(more);
    }

    /**
     * With a class path in place of the class path, module path or archive. It must hold flame4j.
     *
     * @param entries jars and directories
     * @return a new command that starts as {@link Start#CLASS_PATH}
     */
    public JvmCommand withClassPath(List<Path> entries) {
        String classPath = entries.stream().map(Path::toString).collect(Collectors.joining(separator()));
        return new JvmCommand(facts, options, dropped, JvmLaunch.classPath(classPath), mainClass);
    }

    /**
     * With absolute names of the files that this process was given by relative ones: in the class path, the module
     * path, and the options for agents, module patches and class-data archives. For runners that start in another
     * directory.
     *
     * @return a new command
     */
    public JvmCommand withAbsolutePaths() {
        List<String> changed = options.stream()
                .map(option -> JvmOptions.withPaths(option, this::absolute))
                .toList();
        return new JvmCommand(facts, changed, dropped, launch.withPaths(this::absolute), mainClass);
    }

    /** With an archive of classes, unless the options say already which is used, or none. */
    JvmCommand withArchive(Optional<Path> archive) {
        return archive.isEmpty() || options.stream().anyMatch(ArchiveOptions::isAboutArchives)
                ? this
                : with(ArchiveOptions.ofThisJava().use(archive.get()));
    }

    /** Without anything about archives, whatever the options of this process say. */
    JvmCommand withoutArchive() {
        return without(ArchiveOptions::isAboutArchives);
    }

    /** The entries of the class path, those that are empty or do not exist included; none when there is no class path. */
    List<String> classPathEntries() {
        String classPath = launch.classPath();
        return classPath == null ? List.of() : List.of(classPath.split(Pattern.quote(separator()), -1));
    }

    boolean hasModulePath() {
        return launch.modulePath() != null;
    }

    /** With another class to run. */
    JvmCommand withMainClass(String name) {
        return new JvmCommand(facts, options, dropped, launch, Objects.requireNonNull(name, "name"));
    }

    /** Says how a runner is started and by which Java. */
    @Override
    public String toString() {
        return "JvmCommand[" + start() + ", " + java() + "]";
    }

    private JvmCommand with(List<String> more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(more);
        return new JvmCommand(facts, all, dropped, launch, mainClass);
    }

    JvmCommand without(Predicate<String> which) {
        List<String> left = new ArrayList<>(dropped);
        options.stream().filter(which).forEach(left::add);
        return new JvmCommand(facts, options.stream().filter(which.negate()).toList(), left, launch, mainClass);
    }

    private String separator() {
        return facts.windows() ? ";" : ":";
    }

    /** Makes each element of a path absolute; an empty one stands for the directory itself. */
    private String absolute(String path) {
        return Stream.of(path.split(Pattern.quote(separator()), -1))
                .map(name -> name.isEmpty()
                        ? facts.directory()
                        : new File(name).isAbsolute() ? name : new File(facts.directory(), name).getPath())
                .collect(Collectors.joining(separator()));
    }
}
