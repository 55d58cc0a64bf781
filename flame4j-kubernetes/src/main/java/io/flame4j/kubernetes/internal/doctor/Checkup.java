package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.flame4j.RunnerBootException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.DoctorReport.Outcome;
import io.flame4j.kubernetes.internal.BackendOptions;
import io.flame4j.kubernetes.internal.api.ApiException;
import io.flame4j.kubernetes.internal.api.Clients;
import io.flame4j.kubernetes.internal.api.Identity;
import io.flame4j.kubernetes.internal.api.PodApi;
import io.flame4j.kubernetes.internal.backend.ListenPlace;
import io.flame4j.kubernetes.internal.backend.ParentPods;
import io.flame4j.kubernetes.internal.backend.Surroundings;
import io.flame4j.kubernetes.internal.pods.AppContainer;
import io.flame4j.kubernetes.internal.pods.ParentFacts;
import io.flame4j.kubernetes.internal.pods.RunnerPod;
import io.flame4j.kubernetes.internal.pods.RunnerPods;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All checks, in their order. One object examines once, on one thread. */
public final class Checkup {

    /** What to do when there is no way to the API server. */
    public static final String SERVER_REMEDY =
            "Check the pod's service account (automountServiceAccountToken), the kubeconfig, and that no NetworkPolicy"
                    + " keeps this pod from the API server.";

    private static final String SERVER = "API server";
    private static final String OWN_POD = "Own pod";
    private static final String RUNNER_POD = "Runner pod";
    private static final String BOOT = "Boot";
    private static final Duration SHUTDOWN = Duration.ofSeconds(30);

    /** What can be bad without keeping a runner from booting: the boot itself knows better. */
    private static final Set<String> NOT_FATAL = Set.of("Pod Security", "Pull secrets");

    private final KubernetesClient client;
    private final Identity identity;
    private final PodApi api;
    private final Lookups lookups;
    private final BackendOptions options;
    private final Surroundings surroundings;
    private final String pool = "doctor-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<Finding> findings = new ArrayList<>();

    private Checkup(KubernetesClient client, PodApi api, BackendOptions options, Surroundings surroundings) {
        this.client = client;
        this.identity = Clients.identity(client);
        this.api = api;
        this.lookups = new Lookups(client);
        this.options = options;
        this.surroundings = surroundings;
    }

    /**
     * Examines. Blocks.
     *
     * @param backend to boot a runner with
     * @param bootTimeout how long the boot may take; null for no boot
     */
    public static List<Finding> of(
            KubernetesClient client,
            BackendOptions options,
            Surroundings surroundings,
            Backend backend,
            @Nullable Duration bootTimeout)
            throws InterruptedException {
        try (PodApi api = new PodApi(client, Clients.identity(client))) {
            Checkup checkup = new Checkup(client, api, options, surroundings);
            checkup.examine(backend, bootTimeout);
            return checkup.findings;
        }
    }

    private void examine(Backend backend, @Nullable Duration bootTimeout) throws InterruptedException {
        if (!server()) {
            return;
        }
        findings.add(VariablesCheck.of(surroundings));
        ParentFacts parent = ownPod();
        RunnerPod runner = parent == null ? null : runnerPod(parent);
        rights(parent, runner);
        findings.add(AddressCheck.of(() -> listenAt(parent)));
        if (parent != null && runner != null) {
            pod(parent, runner.pod());
        }
        if (bootTimeout == null) {
            findings.add(Findings.skipped(BOOT, "not asked for"));
            return;
        }
        List<String> fatal = findings.stream()
                .filter(finding -> finding.outcome() == Outcome.BAD && !NOT_FATAL.contains(finding.check()))
                .map(Finding::check)
                .distinct()
                .toList();
        if (!fatal.isEmpty()) {
            findings.add(Findings.skipped(BOOT, "not tried because of: " + String.join(", ", fatal)));
        } else if (parent != null) {
            Pod pod = parent.pod();
            String policy = pod == null
                    ? "Let pods connect to " + options.listen().advertisedAddress() + ": no firewall may be in between."
                    : NetworkPolicies.between(
                            pod, namespace(parent), options.listen().port());
            findings.addAll(new TrialRun(backend, pool, namespace(parent), options.keeping())
                    .run(client, identity, bootTimeout, policy));
        }
    }

    private boolean server() {
        Lookups.Answer<String> version = lookups.version();
        String user = version.isAnswered() ? lookups.user().value() : null;
        findings.add(
                version.isAnswered()
                        ? Findings.good(
                                SERVER,
                                version.value() + " at " + lookups.url() + ", as "
                                        + (user == null ? identity.user() : user))
                        : Findings.bad(
                                SERVER,
                                lookups.url() + " does not answer " + identity.user() + ": " + version.refusal(),
                                SERVER_REMEDY));
        return version.isAnswered();
    }

    private @Nullable ParentFacts ownPod() throws InterruptedException {
        try {
            ParentFacts facts = ParentPods.read(api, PodApi.PATIENCE, surroundings, identity.namespace(), "doctor");
            Pod pod = facts.pod();
            findings.add(
                    pod == null
                            ? Findings.skipped(
                                    OWN_POD,
                                    "not in a pod: image(…) and advertiseAddress(…) must say what a pod would tell")
                            : Findings.good(
                                    OWN_POD,
                                    pod.getMetadata().getName() + " in namespace "
                                            + pod.getMetadata().getNamespace() + ", container "
                                            + app(pod).getName()));
            return facts;
        } catch (ApiException | RuntimeException e) {
            findings.add(Findings.bad(OWN_POD, String.valueOf(e.getMessage()), """
                            # in the Deployment, at the application's container; its service account must be allowed to
                            # get pods, and appContainer(…) must name one of the pod's containers, if it is used
                            env:
                              - name: POD_NAME
                                valueFrom:
                                  fieldRef:
                                    fieldPath: metadata.name
                              - name: POD_NAMESPACE
                                valueFrom:
                                  fieldRef:
                                    fieldPath: metadata.namespace
                            """));
            return null;
        }
    }

    private Container app(Pod pod) {
        return AppContainer.of(pod, options.pods().appContainer());
    }

    private @Nullable RunnerPod runnerPod(ParentFacts parent) {
        RunnerSpec spec = new RunnerSpec(
                pool, pool + "-1", Map.of(RunnerSpec.PARENT_VARIABLE, "none"), Duration.ofSeconds(1), SHUTDOWN);
        try {
            RunnerPod runner = RunnerPods.build(options.pods(), parent, spec);
            if (runner.warnings().isEmpty()) {
                findings.add(Findings.good(RUNNER_POD, asked(runner.pod())));
            }
            runner.warnings().forEach(warning -> findings.add(Findings.advice(RUNNER_POD, warning, "")));
            return runner;
        } catch (RunnerBootException e) {
            findings.add(Findings.bad(
                    RUNNER_POD,
                    String.valueOf(e.getMessage()),
                    "Change what it names: in the parent's pod, from which runners inherit, or with the options of"
                            + " KubernetesBackend.builder()."));
            return null;
        }
    }

    private static String asked(Pod runner) {
        ResourceRequirements resources = runner.getSpec().getContainers().get(0).getResources();
        String requests = resources == null ? "" : list("requests", resources.getRequests());
        String limits = resources == null ? "" : list("limits", resources.getLimits());
        String both = requests + (requests.isEmpty() || limits.isEmpty() ? "" : "; ") + limits;
        return both.isEmpty() ? "asks for no resources" : both;
    }

    private static String list(String what, @Nullable Map<String, Quantity> resources) {
        return resources == null || resources.isEmpty()
                ? ""
                : new TreeMap<>(resources)
                        .entrySet().stream()
                                .map(resource -> resource.getKey() + " " + resource.getValue())
                                .collect(Collectors.joining(", ", what + " ", ""));
    }

    private void rights(@Nullable ParentFacts parent, @Nullable RunnerPod runner) throws InterruptedException {
        Pod pod = parent == null ? null : parent.pod();
        boolean claims = pod != null
                && pod.getSpec().getVolumes().stream().anyMatch(volume -> volume.getPersistentVolumeClaim() != null);
        String account = pod == null
                ? null
                : pod.getMetadata().getNamespace() + "/"
                        + Objects.requireNonNullElse(pod.getSpec().getServiceAccountName(), "default");
        RightsCheck.Wishes wishes = new RightsCheck.Wishes(
                home(parent),
                namespace(parent),
                runner != null && runner.secret() != null,
                claims,
                options.keeping().keepFailed());
        findings.add(RightsCheck.of(api::allowed, RightsCheck.needs(wishes), account));
    }

    /** Where the parent is. */
    private String home(@Nullable ParentFacts parent) {
        return parent == null
                ? Objects.requireNonNullElse(surroundings.namespace(), identity.namespace())
                : parent.namespace();
    }

    /** Where runners are. */
    private String namespace(@Nullable ParentFacts parent) {
        return Objects.requireNonNullElseGet(options.pods().namespace(), () -> home(parent));
    }

    private ListenAt listenAt(@Nullable ParentFacts parent) {
        String told = ListenPlace.told(options.listen(), surroundings);
        return ListenPlace.of(
                told == null ? ListenPlace.of(parent == null ? null : parent.pod()) : told, options.listen());
    }

    private void pod(ParentFacts parent, Pod runner) {
        Pod pod = parent.pod();
        String namespace = namespace(parent);
        Lookups.Answer<Pod> admission = lookups.wouldCreate(runner);
        // With the defaults of the namespace, the pull secrets of the service account and what webhooks add.
        Pod admitted = Objects.requireNonNullElse(admission.value(), runner);
        findings.add(ImageCheck.of(pod == null ? null : app(pod), runner));
        findings.add(PullSecretsCheck.of(pullSecrets(namespace, admitted), namespace));
        findings.add(QuotaCheck.of(lookups.quotas(namespace), admitted));
        findings.add(PodSecurityCheck.of(lookups.namespace(namespace), admitted));
        findings.add(AdmissionCheck.of(admission));
    }

    private Map<String, Lookups.Answer<Secret>> pullSecrets(String namespace, Pod runner) {
        Map<String, Lookups.Answer<Secret>> secrets = new LinkedHashMap<>();
        runner.getSpec().getImagePullSecrets().stream()
                .map(LocalObjectReference::getName)
                .distinct()
                .forEach(name -> secrets.put(name, lookups.secret(namespace, name)));
        return secrets;
    }
}
