package io.flame4j.backend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link ProcessBackend}. Values are checked as they are set, and together in {@link #build()}. Not
 * thread-safe; what is built does not change when the builder does.
 *
 * @since 0.1
 */
public final class ProcessBackendBuilder {

    /** Options that say what is run, which is this backend's own business. */
    private static final Set<String> LAUNCH_OPTIONS =
            Set.of("-cp", "-classpath", "--class-path", "-p", "--module-path", "-m", "--module", "-jar");

    /** Options whose value may be the next argument. */
    private static final Set<String> OPTIONS_WITH_VALUE = Set.of(
            "--add-exports",
            "--add-modules",
            "--add-opens",
            "--add-reads",
            "--enable-native-access",
            "--limit-modules",
            "--patch-module",
            "--upgrade-module-path");

    Map<String, String> environment = new LinkedHashMap<>();

    @Nullable
    Path workingDirectory;

    ProcessBackend.Output output = ProcessBackend.Output.LOG;
    ProcessBackend.@Nullable Transport transport;

    /** Null when nothing was said. */
    @Nullable
    Tls tls;

    int pendingConnections = ListenAt.PENDING_CONNECTIONS;
    private boolean classArchives = true;
    private @Nullable Path archiveDirectory;
    private @Nullable String heap;
    private List<String> jvmOptions = List.of();
    private List<Path> classPath = List.of();
    private @Nullable JvmCommand command;

    ProcessBackendBuilder() {}

    /**
     * Largest heap of a runner, in place of every heap size that this process was started with. Default: the options
     * of this process, or what the JVM chooses. Mind that {@code max} runners and this process share the machine.
     *
     * @param size a number with unit {@code k}, {@code m}, {@code g} or {@code t}, or of bytes without one, such as
     *     {@code 512m}; at least 2 MiB
     * @return this
     * @throws IllegalArgumentException when the size is malformed or too small
     */
    public ProcessBackendBuilder heap(String size) {
        this.heap = HeapOptions.check(Objects.requireNonNull(size, "size"));
        return this;
    }

    /**
     * Largest heap of a runner, as {@link #heap(String)}.
     *
     * @param bytes the size in bytes; at least 2 MiB
     * @return this
     * @throws IllegalArgumentException when the size is too small
     */
    public ProcessBackendBuilder heap(long bytes) {
        return heap(Long.toString(bytes));
    }

    /**
     * JVM options of runners, after those of this process, so that they win. Heap sizes or a garbage collector among
     * them take the place of this process's. They are passed on as they are: an option that {@link JvmCommand} would
     * leave out may be given here. Default: none.
     *
     * @param options the options, such as {@code -XX:+UseSerialGC}, {@code -Dname=value}, or a file-writing one with
     *     {@code %p} in the name
     * @return this
     * @throws IllegalArgumentException when one is blank, is no option, or says what to run ({@code -cp}, {@code -jar})
     */
    public ProcessBackendBuilder jvmOptions(List<String> options) {
        List<String> copy = new ArrayList<>();
        String previous = "";
        for (String option : Objects.requireNonNull(options, "options")) {
            copy.add(checkOption(option, previous));
            previous = option;
        }
        this.jvmOptions = List.copyOf(copy);
        return this;
    }

    /**
     * JVM options of runners, as {@link #jvmOptions(List)}.
     *
     * @param options the options
     * @return this
     * @throws IllegalArgumentException as there
     */
    public ProcessBackendBuilder jvmOptions(String... options) {
        return jvmOptions(Arrays.asList(options));
    }

    /**
     * Environment variables of runners, over those of this process. Replaces what an earlier call set. Default: none.
     * Values are not logged. {@link #env(String, String)} adds a single one.
     *
     * @param variables the variables
     * @return this
     * @throws IllegalArgumentException when a name is malformed, or is {@code FLAME_PARENT}
     */
    public ProcessBackendBuilder env(Map<String, String> variables) {
        Map<String, String> copy = new LinkedHashMap<>();
        Objects.requireNonNull(variables, "variables").forEach((name, value) -> {
            checkVariable(name);
            copy.put(name, Objects.requireNonNull(value, () -> "The value of environment variable " + name));
        });
        this.environment = copy;
        return this;
    }

    /**
     * One environment variable of runners, besides those that were set before. Its value is not logged.
     *
     * @param name the name
     * @param value the value
     * @return this
     * @throws IllegalArgumentException when the name is malformed, or is {@code FLAME_PARENT}
     */
    public ProcessBackendBuilder env(String name, String value) {
        checkVariable(Objects.requireNonNull(name, "name"));
        environment.put(name, Objects.requireNonNull(value, () -> "The value of environment variable " + name));
        return this;
    }

    /**
     * Where runners run. Relative file names in this process's class path, module path and agent options are made
     * absolute; in other JVM options they then mean files in the new directory. Default: the directory of this process.
     *
     * @param directory an existing directory
     * @return this
     */
    public ProcessBackendBuilder workingDirectory(Path directory) {
        this.workingDirectory = Objects.requireNonNull(directory, "directory").toAbsolutePath();
        return this;
    }

    /**
     * The class path of runners, in place of this process's class path, module path or executable jar. Must hold
     * flame4j itself. For applications whose classes are loaded by a server, or nested in an archive of an unusual
     * kind. Default: what this process was started with.
     *
     * @param entries jars and directories, at least one
     * @return this
     * @throws IllegalArgumentException when there is none
     */
    public ProcessBackendBuilder classPath(List<Path> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("The class path is empty. It must hold at least flame4j itself.");
        }
        this.classPath = entries.stream().map(Path::toAbsolutePath).toList();
        return this;
    }

    /**
     * What becomes of the output of runners. Default {@link ProcessBackend.Output#LOG}.
     *
     * @param output what to do
     * @return this
     */
    public ProcessBackendBuilder output(ProcessBackend.Output output) {
        this.output = Objects.requireNonNull(output, "output");
        return this;
    }

    /**
     * How runners reach this process. Default: {@link ProcessBackend.Transport#UNIX} where the platform has it, else
     * {@link ProcessBackend.Transport#TCP} with {@link Tls#ephemeral()}.
     *
     * @param transport the transport
     * @return this
     */
    public ProcessBackendBuilder transport(ProcessBackend.Transport transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    /**
     * Whether runners and this process talk over TLS: {@link #tls(Tls)} with {@link Tls#ephemeral()} or {@link Tls#none()}.
     *
     * @param encrypted whether to use TLS
     * @return this
     */
    public ProcessBackendBuilder tls(boolean encrypted) {
        return tls(encrypted ? Tls.ephemeral() : Tls.none());
    }

    /**
     * Whether, and how, runners and this process talk over TLS, on the loopback address; then a runner also checks that it
     * has dialled this process. Not possible with {@link ProcessBackend.Transport#UNIX}, whose directory lets nobody else
     * in. Default: none, but {@link Tls#ephemeral()} where TCP is used without having been asked for. It costs a second of
     * the first start, a fifth of a second of each, and some microseconds of each call.
     *
     * @param tls how
     * @return this
     */
    public ProcessBackendBuilder tls(Tls tls) {
        this.tls = Objects.requireNonNull(tls, "tls");
        return this;
    }

    /**
     * Most connections to this process that are open and have not proved themselves yet. Runners that connect while there
     * are more take the place of the oldest; a runner opens up to eight at a time. Default {@value ListenAt#PENDING_CONNECTIONS}.
     *
     * @param most how many, 1 to 4096
     * @return this
     * @throws IllegalArgumentException when out of range
     */
    public ProcessBackendBuilder pendingConnections(int most) {
        this.pendingConnections = new ListenAt.UnixSocket(most).pendingConnections();
        return this;
    }

    /**
     * Whether runners start with an archive of the classes that they load before their first call, which makes a cold start
     * a quarter shorter. When there is none for this Java, class path and JVM options, {@link RunnerArchive} makes it in the
     * background, in two small JVMs at the lowest priority, two seconds after the first runner was started; nothing waits
     * for it, and later runners use it, of this process and of others. Of the application nothing is run for that.
     *
     * <p>There are archives only where the class path is made of jars, without a module path, agents, and a heap of more
     * than 31 GiB, and where the JVM options say nothing of archives themselves. Where this JVM has a single processor or
     * less than 2 GiB of memory, none is made, but one that is there is used. Default: on.
     *
     * <p>What is in an archive runs unchecked, and runners are this user's processes: one that was taken over can change the
     * archive, and so stay in runners that are started later. See docs/SECURITY.md for what to do where that matters.
     *
     * @param on whether to use and make archives
     * @return this
     */
    public ProcessBackendBuilder classArchives(boolean on) {
        this.classArchives = on;
        return this;
    }

    /**
     * Where archives of classes are kept, some megabytes each. What has not been used for 30 days is removed. The directory
     * must be this user's and no link, with nobody else allowed to write there; those above it this user's or root's, with nobody
     * else allowed to write there unless they are sticky. Otherwise
     * there will be no archives, which is logged: what is in an archive runs. Default: {@code flame4j} below {@code XDG_CACHE_HOME} or {@code ~/.cache}, {@code ~/Library/Caches}
     * on macOS, {@code LOCALAPPDATA} on Windows; none where there is no home.
     *
     * @param directory a directory, which is made when it does not exist
     * @return this
     */
    public ProcessBackendBuilder classArchiveDirectory(Path directory) {
        this.archiveDirectory = Objects.requireNonNull(directory, "directory").toAbsolutePath();
        return this;
    }

    @Nullable
    Path effectiveArchiveDirectory() {
        if (!classArchives) {
            return null;
        }
        return archiveDirectory != null
                ? archiveDirectory
                : ArchiveDirectory.ofThisUser().orElse(null);
    }

    /**
     * Builds the backend. Starts nothing.
     *
     * @return a new backend
     * @throws IllegalArgumentException when the working directory or an entry of the class path does not exist, or
     *     {@link #heap(String)} and {@link #jvmOptions(List)}, or {@link #tls(Tls)} and {@link #transport}, contradict
     *     each other
     * @throws IllegalStateException when this program runs inside of a build tool's JVM, as by Maven's {@code exec:java}, and
     *     no {@link #classPath(List)} is given: a runner would be that tool, and build
     */
    public ProcessBackend build() {
        if (workingDirectory != null && !Files.isDirectory(workingDirectory)) {
            throw new IllegalArgumentException("The working directory " + workingDirectory
                    + (Files.exists(workingDirectory) ? " is not a directory." : " does not exist. Create it first."));
        }
        for (Path entry : classPath) {
            if (!Files.exists(entry)) {
                throw new IllegalArgumentException("The class path entry " + entry + " does not exist.");
            }
        }
        if (tls instanceof Tls.Encrypted && transport == ProcessBackend.Transport.UNIX) {
            throw new IllegalArgumentException(
                    "TLS needs Transport.TCP, but the transport is UNIX, where nobody else can"
                            + " listen. Leave one of them out.");
        }
        if (heap != null) {
            jvmOptions.stream().filter(HeapOptions::isHeapSize).findFirst().ifPresent(option -> {
                throw new IllegalArgumentException("The heap is set twice, by heap(" + heap + ") and by the JVM option "
                        + option + ". Leave one of them out.");
            });
        }
        return new ProcessBackend(this);
    }

    /** For tests: what to start instead of a runner of this process. */
    ProcessBackendBuilder command(JvmCommand command) {
        this.command = command;
        return this;
    }

    JvmCommand effectiveCommand() {
        JvmCommand result = command != null ? command : JvmCommand.ofThisProcess();
        if (!classPath.isEmpty()) {
            result = result.withClassPath(classPath);
        }
        if (workingDirectory != null) {
            result = result.withAbsolutePaths();
        }
        if (heap != null) {
            result = result.withHeap(heap);
        }
        String tool = result.buildTool();
        if (tool != null) {
            throw new IllegalStateException("Runners cannot be started from here: this JVM is " + tool
                    + "'s own, which has"
                    + " the program in a class loader that runners do not get, so that a runner would be " + tool
                    + " and run the build. Run the program in a JVM of its own (Maven: exec:exec in place of exec:java), or"
                    + " give the class path of runners to ProcessBackend.builder().classPath(…).");
        }
        return result.withOptions(jvmOptions);
    }

    private static String checkOption(@Nullable String option, String previous) {
        if (option == null || option.isBlank()) {
            throw new IllegalArgumentException("A JVM option is " + (option == null ? "null" : "blank") + ".");
        }
        String name = option.startsWith("--") ? option.split("=", 2)[0] : option;
        if (LAUNCH_OPTIONS.contains(name)) {
            throw new IllegalArgumentException("The JVM option " + option + " says what to run, which is up to the"
                    + " backend. Use classPath(…) to run with another class path.");
        }
        if (!option.startsWith("-") && !OPTIONS_WITH_VALUE.contains(previous)) {
            throw new IllegalArgumentException("'" + option + "' is no JVM option: it does not begin with a dash."
                    + " Give one option per element.");
        }
        return option;
    }

    private static void checkVariable(@Nullable String name) {
        if (name == null || name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("The name of environment variable '" + name + "' is malformed.");
        }
        if (RunnerSpec.VARIABLES.stream().anyMatch(name::equalsIgnoreCase)) {
            throw new IllegalArgumentException("The environment variable " + name.toUpperCase(Locale.ROOT)
                    + " tells a runner who its parent is. It cannot be set.");
        }
    }
}
