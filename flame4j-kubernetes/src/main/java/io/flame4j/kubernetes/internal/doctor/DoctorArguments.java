package io.flame4j.kubernetes.internal.doctor;

import io.flame4j.kubernetes.Entrypoint;
import io.flame4j.kubernetes.KubernetesBackendBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@link io.flame4j.kubernetes.Doctor}.
 *
 * @param values by name
 * @param flags those without a value
 */
public record DoctorArguments(Map<String, String> values, Set<String> flags) {

    /** What there is. */
    public static final String USAGE = """
            Checks whether flame4j's runners will work here, and boots one. Ends with exit code 0 if so, else 1.

              --namespace NAME          where runner pods are created; default: that of this pod
              --app-container NAME      the container of this pod that the application runs in
              --image IMAGE             the image of runners; default: that of this pod
              --command KIND            what runners execute: JVM, IMAGE or PARENT; default: as this pod says
              --advertise-address HOST  the address that runners dial; default: that of this pod
              --port PORT               the port that they dial; default: any free one
              --boot-timeout SECONDS    how long the boot may take; default: 120
              --no-boot                 boots none
            """;

    private static final Set<String> NAMES = Set.of(
            "--namespace",
            "--app-container",
            "--image",
            "--command",
            "--advertise-address",
            "--port",
            "--boot-timeout");

    private static final Set<String> FLAGS = Set.of("--no-boot", "--help");
    private static final int BOOT_SECONDS = 120;

    /** Copies. */
    public DoctorArguments {
        values = Map.copyOf(values);
        flags = Set.copyOf(flags);
    }

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException when they make no sense
     */
    public static DoctorArguments parse(List<String> args) {
        Map<String, String> values = new HashMap<>();
        Map<String, String> flags = new HashMap<>();
        for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
            String name = rest.next();
            if (FLAGS.contains(name)) {
                flags.put(name, "");
            } else if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("There is no argument " + name + ".");
            } else if (!rest.hasNext()) {
                throw new IllegalArgumentException("Argument " + name + " lacks its value.");
            } else {
                values.put(name, rest.next());
            }
        }
        return new DoctorArguments(values, flags.keySet());
    }

    /** Whether only this help is wanted. */
    public boolean isHelp() {
        return flags.contains("--help");
    }

    /** How long the boot may take; null for no boot. */
    public @Nullable Duration bootTimeout() {
        return flags.contains("--no-boot") ? null : Duration.ofSeconds(bootSeconds());
    }

    private int bootSeconds() {
        int seconds = number("--boot-timeout", BOOT_SECONDS);
        if (seconds < 1) {
            throw new IllegalArgumentException("Argument --boot-timeout must be at least 1, but is " + seconds + ".");
        }
        return seconds;
    }

    /** Sets what was given. */
    public KubernetesBackendBuilder applyTo(KubernetesBackendBuilder builder) {
        values.forEach((name, value) -> {
            switch (name) {
                case "--namespace" -> builder.namespace(value);
                case "--app-container" -> builder.appContainer(value);
                case "--image" -> builder.image(value);
                case "--command" -> builder.command(entrypoint(value));
                case "--advertise-address" -> builder.advertiseAddress(value);
                case "--port" -> builder.port(number(name, 0));
                default -> bootSeconds();
            }
        });
        return builder;
    }

    private static Entrypoint entrypoint(String name) {
        return Stream.of(Entrypoint.values())
                .filter(entrypoint -> entrypoint.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Argument --command must be one of "
                        + Arrays.toString(Entrypoint.values()) + ", but is '" + name + "'."));
    }

    private int number(String name, int otherwise) {
        String text = values.get(name);
        try {
            int number = text == null ? otherwise : Integer.parseInt(text);
            if (number < 0) {
                throw new NumberFormatException();
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Argument " + name + " must be a number, but is '" + text + "'.", e);
        }
    }
}
