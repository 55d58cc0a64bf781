package io.flame4j.examples.kubernetes;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the environment says about how to run.
 *
 * @param host {@code HTTP_HOST}: the address to listen on; in a pod all, else loopback
 * @param port {@code HTTP_PORT}: default 8080; 0 for any free one
 * @param backend {@code FLAME_BACKEND}: where runners run; in a pod {@code kubernetes}, else {@code process}
 * @param flamePort {@code FLAME_PORT_THUMBNAILS}: where runners dial; default 0, any free one
 * @param maxRunners {@code FLAME_MAX_RUNNERS}: default 4
 * @param idle {@code FLAME_IDLE_SECONDS}: how long an idle runner stays; default 30
 * @param drain {@code DRAIN_SECONDS}: how long requests are still taken after SIGTERM, until all of the cluster has heard
 *     that this pod is going; in a pod 5, else 0
 */
record Settings(String host, int port, Where backend, int flamePort, int maxRunners, Duration idle, Duration drain) {

    private static final int MANY = 1000;

    /** Where runners run. */
    enum Where {
        /** In pods. */
        KUBERNETES,
        /** In processes on this machine. */
        PROCESS,
        /** In this JVM. */
        LOCAL
    }

    /**
     * Reads the settings.
     *
     * @throws IllegalArgumentException when a variable has a value that makes no sense
     */
    static Settings of(Map<String, String> environment) {
        boolean inPod = environment.containsKey("KUBERNETES_SERVICE_HOST");
        return new Settings(
                environment.getOrDefault("HTTP_HOST", inPod ? "0.0.0.0" : "127.0.0.1"),
                number(environment, "HTTP_PORT", 8080, 0, 65_535),
                where(environment.getOrDefault("FLAME_BACKEND", inPod ? "kubernetes" : "process")),
                number(environment, "FLAME_PORT_THUMBNAILS", 0, 0, 65_535),
                number(environment, "FLAME_MAX_RUNNERS", 4, 1, MANY),
                Duration.ofSeconds(number(environment, "FLAME_IDLE_SECONDS", 30, 1, 86_400)),
                Duration.ofSeconds(number(environment, "DRAIN_SECONDS", inPod ? 5 : 0, 0, 300)));
    }

    private static Where where(String name) {
        return Arrays.stream(Where.values())
                .filter(where -> word(where).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("FLAME_BACKEND must be one of "
                        + Arrays.stream(Where.values()).map(Settings::word).collect(Collectors.joining(", "))
                        + ", but is '" + name + "'"));
    }

    private static String word(Where where) {
        return where.name().toLowerCase(Locale.ROOT);
    }

    private static int number(Map<String, String> environment, String name, int otherwise, int least, int most) {
        String text = environment.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IllegalArgumentException(
                name + " must be a number from " + least + " to " + most + ", but is '" + text + "'");
    }
}
