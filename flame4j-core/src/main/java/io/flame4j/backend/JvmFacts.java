package io.flame4j.backend;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * How a JVM was started: all that {@link JvmCommand} needs to know, so that it can be a pure function.
 *
 * @param javaHome the JVM's home
 * @param windows whether this is Windows
 * @param directory the directory that relative file names refer to
 * @param options the JVM options, argument files and variables expanded, one per element
 * @param classPath as given; a jar's name for {@code -jar}; empty for none
 * @param modulePath as given, if so
 * @param mainModule the module with the main class, if it was started from one
 * @param command the main class, module or jar, and the arguments, separated by blanks
 * @param flameModule the module that flame4j is in, null when it came from the class path
 * @param flameVisible whether the system class loader sees flame4j; false when it is nested in an archive
 * @param archive the archive or directory that is the whole class path, if it is a single one
 */
record JvmFacts(
        String javaHome,
        boolean windows,
        String directory,
        List<String> options,
        String classPath,
        @Nullable String modulePath,
        @Nullable String mainModule,
        String command,
        @Nullable String flameModule,
        boolean flameVisible,
        @Nullable Archive archive) {

    JvmFacts {
        options = List.copyOf(options);
    }

    /**
     * A single archive, or one that was unpacked into a directory.
     *
     * @param directory whether it is a directory
     * @param mainClass the main class that its manifest names
     * @param springLauncher Spring Boot's launcher of any main class, if the archive has it
     */
    record Archive(
            boolean directory,
            @Nullable String mainClass,
            @Nullable String springLauncher) {

        private static final List<String> SPRING_LAUNCHERS = List.of(
                "org.springframework.boot.loader.launch.PropertiesLauncher",
                "org.springframework.boot.loader.PropertiesLauncher");

        /** Null when there is no such archive, or it cannot be read. */
        static @Nullable Archive read(File file) {
            if (file.isDirectory()) {
                String launcher = SPRING_LAUNCHERS.stream()
                        .filter(name -> new File(file, entry(name)).isFile())
                        .findFirst()
                        .orElse(null);
                return new Archive(true, null, launcher);
            }
            if (!file.isFile()) {
                return null;
            }
            try (JarFile jar = new JarFile(file)) {
                Manifest manifest = jar.getManifest();
                String main =
                        manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
                String launcher = SPRING_LAUNCHERS.stream()
                        .filter(name -> jar.getEntry(entry(name)) != null)
                        .findFirst()
                        .orElse(null);
                return new Archive(false, main == null ? null : main.trim(), launcher);
            } catch (IOException e) {
                return null;
            }
        }

        private static String entry(String className) {
            return className.replace('.', '/') + ".class";
        }
    }

    /** Reads how this process was started. */
    static JvmFacts ofThisProcess() {
        String directory = System.getProperty("user.dir", "");
        String classPath = System.getProperty("java.class.path", "");
        Module own = JvmFacts.class.getModule();
        return new JvmFacts(
                System.getProperty("java.home", ""),
                File.separatorChar == '\\',
                directory,
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                classPath,
                System.getProperty("jdk.module.path"),
                System.getProperty("jdk.module.main"),
                System.getProperty("sun.java.command", ""),
                own.isNamed() ? own.getName() : null,
                ClassLoader.getSystemClassLoader().getResource(Archive.entry(JvmCommand.RUNNER_MAIN)) != null,
                classPath.isEmpty() || classPath.contains(File.pathSeparator)
                        ? null
                        : Archive.read(resolve(directory, classPath)));
    }

    /** The jar that this class came from; empty when it came from a directory or out of another archive. */
    static Optional<Path> ownJar() {
        CodeSource source = JvmFacts.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getProtocol().equals("file")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(source.getLocation().toURI())).filter(Files::isRegularFile);
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The main class, or the jar given to {@code -jar}, or {@code module/class}. */
    String main() {
        if (isJarStart()) {
            return classPath;
        }
        int blank = command.indexOf(' ');
        return blank < 0 ? command : command.substring(0, blank);
    }

    boolean isJarStart() {
        return archive != null
                && !archive.directory()
                && mainModule == null
                && (command.equals(classPath) || command.startsWith(classPath + " "));
    }

    /** The class whose main the JVM called, as far as known. */
    String mainClass() {
        String jarMain = archive == null ? null : archive.mainClass();
        return isJarStart() && jarMain != null ? jarMain : main();
    }

    private static File resolve(String directory, String name) {
        File file = new File(name);
        return file.isAbsolute() ? file : new File(directory, name);
    }
}
