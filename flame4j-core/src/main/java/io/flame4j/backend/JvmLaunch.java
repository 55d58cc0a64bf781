package io.flame4j.backend;

import io.flame4j.backend.JvmCommand.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The part of a JVM's command after its options: where classes come from, and what is run.
 *
 * @param start the kind of start
 * @param classPath the class path, if there is one
 * @param modulePath the module path, if there is one
 * @param options what belongs to the kind of start
 * @param target what is run instead of the runner's main class or around it: a module, a launcher, the original main
 */
record JvmLaunch(
        Start start,
        @Nullable String classPath,
        @Nullable String modulePath,
        List<String> options,
        @Nullable String target) {

    private static final String SPRING_LOADER = "org.springframework.boot.loader.";
    private static final String WAR_PATH = "-Dloader.path=WEB-INF/classes/,WEB-INF/lib/,WEB-INF/lib-provided/";

    JvmLaunch {
        options = List.copyOf(options);
    }

    static JvmLaunch classPath(String classPath) {
        return new JvmLaunch(Start.CLASS_PATH, classPath, null, List.of(), null);
    }

    static JvmLaunch of(JvmFacts facts) {
        String classPath = facts.classPath().isEmpty() ? null : facts.classPath();
        if (facts.mainClass().startsWith(SPRING_LOADER)) {
            JvmLaunch launch = springBoot(facts, classPath);
            if (launch != null) {
                return launch;
            }
        }
        if (!facts.flameVisible()) {
            return original(facts, classPath);
        }
        List<String> modules = facts.mainModule() == null || facts.mainModule().equals(facts.flameModule())
                ? List.of()
                : List.of("--add-modules=" + facts.mainModule());
        if (facts.flameModule() != null) {
            return new JvmLaunch(Start.MODULE_PATH, classPath, facts.modulePath(), modules, facts.flameModule());
        }
        return new JvmLaunch(Start.CLASS_PATH, classPath, facts.modulePath(), modules, null);
    }

    /** Spring Boot's launcher that is told its main class; null when the archive lacks it. */
    private static @Nullable JvmLaunch springBoot(JvmFacts facts, @Nullable String classPath) {
        JvmFacts.Archive archive = facts.archive();
        if (archive == null || archive.springLauncher() == null) {
            return null;
        }
        boolean war = facts.mainClass().endsWith(".WarLauncher");
        if (war && archive.directory()) {
            return null;
        }
        List<String> options = war ? List.of(WAR_PATH) : List.of();
        return new JvmLaunch(Start.SPRING_BOOT, classPath, facts.modulePath(), options, archive.springLauncher());
    }

    private static JvmLaunch original(JvmFacts facts, @Nullable String classPath) {
        List<String> options =
                facts.isJarStart() ? List.of("-jar") : facts.mainModule() != null ? List.of("-m") : List.of();
        return new JvmLaunch(
                Start.ORIGINAL, facts.isJarStart() ? null : classPath, facts.modulePath(), options, facts.main());
    }

    JvmLaunch withPaths(UnaryOperator<String> change) {
        boolean jar = options.contains("-jar");
        return new JvmLaunch(
                start,
                classPath == null ? null : change.apply(classPath),
                modulePath == null ? null : change.apply(modulePath),
                options,
                jar && target != null ? change.apply(target) : target);
    }

    List<String> arguments(String mainClass) {
        List<String> arguments = new ArrayList<>();
        if (classPath != null) {
            arguments.add("-cp");
            arguments.add(classPath);
        }
        if (modulePath != null) {
            arguments.add("-p");
            arguments.add(modulePath);
        }
        if (start == Start.SPRING_BOOT) {
            arguments.add("-Dloader.main=" + mainClass);
        }
        arguments.addAll(options);
        if (start == Start.MODULE_PATH) {
            arguments.add("-m");
            arguments.add(target + "/" + mainClass);
        } else {
            arguments.add(target == null ? mainClass : target);
        }
        return arguments;
    }
}
