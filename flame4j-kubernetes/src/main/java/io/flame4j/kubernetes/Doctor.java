package io.flame4j.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.FlameRunner;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.DoctorReport.Outcome;
import io.flame4j.kubernetes.internal.api.Clients;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import io.flame4j.kubernetes.internal.doctor.Checkup;
import io.flame4j.kubernetes.internal.doctor.DoctorArguments;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether runners will work where this process runs, and what to do if not: whether its own pod is found, what
 * its service account may do, whether runners can reach it, what image, quotas and Pod Security say; and then it boots one
 * runner, calls it and removes it. In a pod it needs no arguments; elsewhere it takes the cluster of the kubeconfig.
 *
 * <pre>{@code
 * kubectl exec deploy/web -- java -cp … io.flame4j.kubernetes.Doctor
 * }</pre>
 *
 * <p>It changes nothing but that the runner's pod, and its Secret if it has one, exist for a while.
 *
 * @since 0.1
 */
public final class Doctor {

    private static final int SICK = 1;
    private static final int WRONG_ARGUMENTS = 2;

    /** Whoever says more means that it may take as long as it likes. */
    private static final Duration LONGEST_BOOT = Duration.ofDays(1);

    private Doctor() {}

    /**
     * Examines, prints the report, and ends with exit code 0 when runners will work, 1 when they will not, and 2 when the
     * arguments are wrong.
     *
     * @param args see {@code --help}
     * @throws InterruptedException when interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        // A runner that is started as this process was comes here too.
        FlameRunner.runIfRunner();
        // The signs are in few charsets, and containers often have none set.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.exit(run(args, KubernetesBackend.builder(), out));
    }

    static int run(String[] args, KubernetesBackendBuilder builder, PrintStream out) throws InterruptedException {
        DoctorArguments arguments;
        KubernetesBackend backend;
        try {
            arguments = DoctorArguments.parse(List.of(args));
            backend = arguments.applyTo(builder).build();
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            out.print(DoctorArguments.USAGE);
            return WRONG_ARGUMENTS;
        }
        if (arguments.isHelp()) {
            out.print(DoctorArguments.USAGE);
            return 0;
        }
        DoctorReport report = examine(backend, arguments.bootTimeout());
        out.print(report);
        return report.isHealthy() ? 0 : SICK;
    }

    /**
     * Examines what runners of a backend would find, and boots one. Blocks for as long as that takes.
     *
     * @param backend the backend; it may be in use
     * @param bootTimeout how long the boot may take; positive
     * @return the report
     * @throws IllegalArgumentException when the time is not positive
     * @throws InterruptedException when interrupted; the runner is removed nevertheless
     */
    public static DoctorReport examineAndBoot(KubernetesBackend backend, Duration bootTimeout)
            throws InterruptedException {
        Objects.requireNonNull(bootTimeout, "bootTimeout");
        if (bootTimeout.isZero() || bootTimeout.isNegative()) {
            throw new IllegalArgumentException("bootTimeout must be positive, but is " + bootTimeout);
        }
        return examine(backend, bootTimeout.compareTo(LONGEST_BOOT) > 0 ? LONGEST_BOOT : bootTimeout);
    }

    /**
     * Examines what runners of a backend would find, and creates nothing. Blocks for some calls to the API server.
     *
     * @param backend the backend; it may be in use
     * @return the report
     * @throws InterruptedException when interrupted
     */
    public static DoctorReport examine(KubernetesBackend backend) throws InterruptedException {
        return examine(backend, null);
    }

    private static DoctorReport examine(KubernetesBackend backend, @Nullable Duration bootTimeout)
            throws InterruptedException {
        KubernetesClient given = backend.options().client();
        if (given != null) {
            return examine(given, backend, bootTimeout);
        }
        KubernetesClient made;
        try {
            Surroundings here = backend.surroundings();
            made = Clients.create(here.variables(), here.serviceAccount());
        } catch (RuntimeException e) {
            return new DoctorReport(List.of(
                    new Finding("API server", Outcome.BAD, String.valueOf(e.getMessage()), Checkup.SERVER_REMEDY)));
        }
        try (made) {
            return examine(made, backend, bootTimeout);
        }
    }

    private static DoctorReport examine(
            KubernetesClient client, KubernetesBackend backend, @Nullable Duration bootTimeout)
            throws InterruptedException {
        return new DoctorReport(Checkup.of(client, backend.options(), backend.surroundings(), backend, bootTimeout));
    }
}
