package io.flame4j.kubernetes.internal.doctor;

import io.flame4j.kubernetes.DoctorReport.Finding;
import io.flame4j.kubernetes.internal.api.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether the caller may do what a backend does. */
final class RightsCheck {

    private static final String NAME = "Rights";
    private static final String PODS = "pods";

    private RightsCheck() {}

    /** Asks the API server whether the caller may do something. */
    @FunctionalInterface
    interface Rights {
        boolean allowed(String verb, String resource, String namespace) throws ApiException, InterruptedException;
    }

    /**
     * What a backend is like.
     *
     * @param home the namespace of the parent
     * @param runners that of runner pods
     * @param secrets whether runners have a Secret
     * @param claims whether the parent mounts claims that runners may inherit
     * @param keepFailed whether pods of failed boots stay
     */
    record Wishes(String home, String runners, boolean secrets, boolean claims, boolean keepFailed) {}

    /**
     * Something that a backend does.
     *
     * @param without what becomes of it without, as the end of a sentence; null when it cannot do without
     */
    record Need(
            String namespace,
            String resource,
            List<String> verbs,
            @Nullable String without) {}

    /** What a backend does. */
    static List<Need> needs(Wishes wishes) {
        List<Need> needs = new ArrayList<>();
        needs.add(new Need(wishes.home(), PODS, List.of("get"), null));
        needs.add(new Need(wishes.runners(), PODS, List.of("create", "list", "delete"), null));
        needs.add(new Need(
                wishes.runners(),
                PODS,
                List.of("patch"),
                wishes.keepFailed()
                        ? "keepFailedPods cannot keep the pods of runners that did not come up, and they are deleted"
                        : "only keepFailedPods would need it"));
        needs.add(new Need(wishes.runners(), PODS, List.of("watch"), "pods are listed once a second instead"));
        needs.add(new Need(
                wishes.runners(), "pods/log", List.of("get"), "errors do not show what a runner printed last"));
        if (wishes.secrets()) {
            needs.add(new Need(wishes.runners(), "secrets", List.of("create", "delete"), null));
        }
        if (wishes.claims()) {
            needs.add(new Need(
                    wishes.home(),
                    "persistentvolumeclaims",
                    List.of("get"),
                    "it is not known which of the parent's claims runners can share"));
        }
        return needs;
    }

    /**
     * Checks them.
     *
     * @param serviceAccount of the parent, as {@code namespace/name}; null when it has none
     */
    static Finding of(Rights rights, List<Need> needs, @Nullable String serviceAccount) throws InterruptedException {
        List<String> missing = new ArrayList<>();
        List<String> regretted = new ArrayList<>();
        try {
            for (Need need : needs) {
                List<String> denied = new ArrayList<>();
                for (String verb : need.verbs()) {
                    if (!rights.allowed(verb, need.resource(), need.namespace())) {
                        denied.add(verb);
                    }
                }
                String what = "may not " + String.join(", ", denied) + " " + need.resource() + " in namespace "
                        + need.namespace();
                if (!denied.isEmpty() && need.without() == null) {
                    missing.add(what);
                } else if (!denied.isEmpty()) {
                    regretted.add(what + " (" + need.without() + ")");
                }
            }
        } catch (ApiException e) {
            return Findings.skipped(NAME, "cannot be asked for: " + e.getMessage());
        }
        boolean bad = !missing.isEmpty();
        missing.addAll(regretted);
        String details = String.join("; ", missing);
        if (bad) {
            return Findings.bad(NAME, details, roles(needs, serviceAccount));
        }
        return regretted.isEmpty()
                ? Findings.good(NAME, summary(needs))
                : Findings.advice(NAME, details, roles(needs, serviceAccount));
    }

    /** By namespace and resource. */
    private static Map<String, Map<String, List<String>>> verbs(List<Need> needs) {
        Map<String, Map<String, List<String>>> verbs = new LinkedHashMap<>();
        needs.forEach(need -> verbs.computeIfAbsent(need.namespace(), namespace -> new LinkedHashMap<>())
                .computeIfAbsent(need.resource(), resource -> new ArrayList<>())
                .addAll(need.verbs()));
        return verbs;
    }

    private static String summary(List<Need> needs) {
        List<String> parts = new ArrayList<>();
        verbs(needs).forEach((namespace, resources) -> {
            List<String> all = new ArrayList<>();
            resources.forEach((resource, verbs) -> all.add(String.join(", ", verbs) + " " + resource));
            parts.add("in namespace " + namespace + " " + String.join("; ", all));
        });
        return String.join("; ", parts);
    }

    private static String roles(List<Need> needs, @Nullable String serviceAccount) {
        List<String> roles = new ArrayList<>();
        verbs(needs).forEach((namespace, resources) -> roles.add(role(namespace, resources, serviceAccount)));
        return String.join("---\n", roles);
    }

    private static String role(String namespace, Map<String, List<String>> resources, @Nullable String serviceAccount) {
        StringBuilder role = new StringBuilder("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata:
                  name: flame4j-runners
                  namespace: %s
                rules:
                """.formatted(Yaml.text(namespace)));
        resources.forEach((resource, verbs) -> role.append("  - apiGroups: [\"\"]\n    resources: [")
                .append(resource)
                .append("]\n    verbs: [")
                .append(String.join(", ", verbs))
                .append("]\n"));
        if (serviceAccount == null) {
            return role.append("# and a RoleBinding of it for your user\n").toString();
        }
        int slash = serviceAccount.indexOf('/');
        return role.append("""
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata:
                  name: flame4j-runners
                  namespace: %s
                roleRef:
                  apiGroup: rbac.authorization.k8s.io
                  kind: Role
                  name: flame4j-runners
                subjects:
                  - kind: ServiceAccount
                    name: %s
                    namespace: %s
                """.formatted(
                                Yaml.text(namespace),
                                Yaml.text(serviceAccount.substring(slash + 1)),
                                Yaml.text(serviceAccount.substring(0, slash))))
                .toString();
    }
}
