package io.flame4j.kubernetes.internal.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.JvmCommand;
import io.flame4j.kubernetes.Entrypoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the container of a runner executes. */
final class RunnerStart {

    /** Linux takes 128 KiB for one argument, its end included. */
    private static final int LONGEST_ARGUMENT = (128 << 10) - 1;

    private static final Pattern FIXED_HEAP = Pattern.compile("-Xm[xs][0-9].*|-XX:(Max|Initial|Min)HeapSize=.*");

    private final PodOptions options;
    private final ParentFacts facts;
    private final @Nullable Container app;
    private final Warnings warnings;
    private final boolean rebuilt;
    private final boolean buildpack;

    RunnerStart(
            PodOptions options, ParentFacts facts, @Nullable Container app, @Nullable Pod manifest, Warnings warnings) {
        this.options = options;
        this.facts = facts;
        this.app = app;
        this.warnings = warnings;
        this.rebuilt = options.entrypoint() == Entrypoint.JVM
                || (options.entrypoint() == null && options.command().isEmpty() && !setsCommand(manifest));
        this.buildpack = rebuilt && Buildpack.started(facts.jvm());
        if (!rebuilt && !options.jvmOptions().isEmpty()) {
            warnings.add("The jvmOptions have no effect, since the manifest sets the command of its first container.");
        }
        if (rebuilt && facts.pod() == null && options.entrypoint() == null) {
            throw new RunnerBootException(
                    "This process does not run in a pod, so how it was started says nothing about how to start a runner"
                            + " in an image. Say it with command(…), with command(Entrypoint.IMAGE) when the"
                            + " application's main calls FlameRunner.runIfRunner() first, or with"
                            + " command(Entrypoint.JVM) when the image has the same files at the same paths.",
                    RunnerBootException.Reason.CONFIGURATION,
                    true,
                    null);
        }
    }

    private static boolean setsCommand(@Nullable Pod manifest) {
        if (manifest == null || manifest.getSpec() == null) {
            return false;
        }
        Container runner = manifest.getSpec().getContainers().get(0);
        return !runner.getCommand().isEmpty() || !runner.getArgs().isEmpty();
    }

    /**
     * The inherited variables, to be overridden by the manifest. The JVM options that the parent found in variables are
     * in the command; where such a variable also comes from the image or a ConfigMap, only an empty one hides it.
     */
    List<EnvVar> variables(List<EnvVar> inherited) {
        if (!rebuilt) {
            return inherited;
        }
        if (buildpack) {
            return Buildpack.variables(inherited, facts.jvm());
        }
        List<EnvVar> empty = JvmCommand.ABSORBED_VARIABLES.stream()
                .sorted()
                .filter(name -> facts.jvm().variables().containsKey(name)
                        || inherited.stream()
                                .anyMatch(variable -> variable.getName().equals(name)))
                .map(name -> ForcedEnv.literal(name, ""))
                .toList();
        return ForcedEnv.merge(inherited, empty);
    }

    /** Sets command, arguments and working directory. */
    void apply(ContainerBuilder container, @Nullable InheritedVolumes volumes) {
        if (!options.command().isEmpty()) {
            container.withCommand(options.command()).withArgs(List.of());
        } else if (options.entrypoint() == Entrypoint.IMAGE) {
            container.withCommand(List.of()).withArgs(List.of());
        } else if (options.entrypoint() == Entrypoint.PARENT) {
            container
                    .withCommand(app == null ? List.of() : app.getCommand())
                    .withArgs(app == null ? List.of() : app.getArgs());
        } else if (rebuilt) {
            rebuild(container, volumes);
        }
    }

    private void rebuild(ContainerBuilder container, @Nullable InheritedVolumes volumes) {
        JvmCommand command = facts.jvm().command().withOptions(options.jvmOptions());
        int given = command.options().size() - options.jvmOptions().size();
        List<String> inherited = new ArrayList<>(command.options().subList(0, given));
        if (buildpack) {
            inherited = Buildpack.withoutComputed(inherited, facts.jvm());
        }
        if (volumes != null) {
            inherited.removeIf(agentIsGone(volumes));
        }
        adviseOnHeap(inherited, container.buildResources());
        boolean ownImage = app != null && Objects.equals(app.getImage(), container.getImage());
        List<String> start = new ArrayList<>(buildpack ? Buildpack.LAUNCHER : List.of());
        start.add(ownImage ? command.java() : "java");
        List<String> arguments = new ArrayList<>(inherited);
        arguments.addAll(options.jvmOptions());
        List<String> all = command.arguments();
        arguments.addAll(all.subList(1 + command.options().size(), all.size()));
        arguments.forEach(RunnerStart::checkLength);
        container
                .withCommand(start.stream().map(ForcedEnv::literally).toList())
                .withArgs(arguments.stream().map(ForcedEnv::literally).toList());
        if (container.getWorkingDir() == null) {
            container.withWorkingDir(facts.jvm().directory());
        }
    }

    /** An agent whose file is missing would keep the JVM from starting. */
    private Predicate<String> agentIsGone(InheritedVolumes volumes) {
        return option -> {
            if (!option.startsWith("-javaagent:") && !option.startsWith("-agentpath:")) {
                return false;
            }
            String file = option.substring(option.indexOf(':') + 1).split("=", 2)[0];
            boolean gone =
                    volumes.isEmptied(file.startsWith("/") ? file : facts.jvm().directory() + "/" + file);
            if (gone) {
                warnings.add("The JVM option " + option.split("=", 2)[0]
                        + " is left out, because its file is in a volume that is empty in runners.");
            }
            return gone;
        };
    }

    private void adviseOnHeap(List<String> inherited, @Nullable ResourceRequirements resources) {
        Quantity now = memory(resources);
        Quantity before = app == null ? null : memory(app.getResources());
        if (now == null || now.equals(before)) {
            return;
        }
        inherited.stream()
                .filter(option -> FIXED_HEAP.matcher(option).matches())
                .reduce((first, second) -> second)
                .ifPresent(option -> warnings.add("Runners have a memory limit of " + now + ", the parent has "
                        + (before == null ? "none" : before) + ", but the heap stays as the parent's " + option
                        + " says. Set it with jvmOptions(…), or give the parent a percentage"
                        + " (-XX:MaxRAMPercentage)."));
    }

    private static @Nullable Quantity memory(@Nullable ResourceRequirements resources) {
        Map<String, Quantity> limits = resources == null ? null : resources.getLimits();
        return limits == null ? null : limits.get("memory");
    }

    private static void checkLength(String argument) {
        if (argument.getBytes(StandardCharsets.UTF_8).length > LONGEST_ARGUMENT) {
            throw new RunnerBootException(
                    "The command line for runners has an argument of " + argument.length()
                            + " characters, as a rule the class path, but Linux takes 128 KiB at most. Start the"
                            + " application from a jar whose manifest has the class path, or from an unpacked"
                            + " directory with a wildcard, or set command(…) with an argument file of the image.",
                    RunnerBootException.Reason.CONFIGURATION,
                    true,
                    null);
        }
    }
}
