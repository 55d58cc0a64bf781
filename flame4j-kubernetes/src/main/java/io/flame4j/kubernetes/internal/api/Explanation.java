package io.flame4j.kubernetes.internal.api;

import io.flame4j.kubernetes.internal.api.ApiCall.Target;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes of a call that did not succeed the sentences for people: what was wanted, why it failed, what mends it. Pure. */
final class Explanation {

    private static final Pattern ACCOUNT = Pattern.compile("User \"system:serviceaccount:([^:\"]+):([^\"]+)\"");
    private static final Pattern USER = Pattern.compile("User \"([^\"]+)\"");
    private static final Pattern WEBHOOK = Pattern.compile("webhook \"([^\"]+)\"");

    private final ApiCall call;
    private final Verdict verdict;
    private final Identity identity;
    private final String server;

    private Explanation(ApiCall call, Verdict verdict, Identity identity, String server) {
        this.call = call;
        // Before it is taken apart and put together: no half of a secret may be left.
        this.verdict = verdict.saying(call.brief(verdict.said()));
        this.identity = identity;
        this.server = server;
    }

    /**
     * The exception for the caller.
     *
     * @param server where the API server is
     * @param tried for how long it was tried; null when only once
     */
    static ApiException exception(
            ApiCall call,
            Verdict verdict,
            Identity identity,
            String server,
            @Nullable Duration tried,
            @Nullable Throwable failure) {
        String message = new Explanation(call, verdict, identity, server).message(tried);
        return new ApiException(verdict.kind(), verdict.isPermanent(), call.censor(message), failure);
    }

    /** Why the call does not go through for now, for the log. */
    static String reason(ApiCall call, Verdict verdict, Identity identity, String server) {
        return call.censor(new Explanation(call, verdict, identity, server).reason());
    }

    /** What could not be done, as the beginning of a sentence. */
    static String failed(ApiCall call) {
        Target target = call.target();
        String what = switch (target.ruleResource()) {
            case "pods" -> "pod";
            case "secrets" -> "Secret";
            case "persistentvolumeclaims" -> "claim";
            case "pods/log" -> "log of pod";
            default -> target.resource();
        };
        String where = target.namespace() == null ? "" : " in namespace \"" + target.namespace() + "\"";
        String name = target.name() == null ? "" : " \"" + target.name() + "\"";
        return switch (call.verb()) {
            case "create" ->
                target.namespace() == null
                        ? "The API server could not be asked for rights"
                        : "A " + what + " could not be created" + where;
            case "patch" -> "The " + what + name + where + " could not be changed";
            case "delete" -> "The " + what + name + where + " could not be deleted";
            case "list" -> "The " + what + "s" + where + " could not be listed";
            case "watch" -> "The " + what + "s" + where + " could not be watched";
            default -> "The " + what + name + where + " could not be read";
        };
    }

    /** The rule of a Role that allows this. */
    static String rule(String group, String resource, String verb) {
        return """
                - apiGroups: ["%s"]
                  resources: ["%s"]
                  verbs: ["%s"]""".formatted(group, resource, verb);
    }

    private String message(@Nullable Duration tried) {
        String within = tried == null || tried.isZero() ? "" : " within " + inWords(tried);
        return failed(call) + within + ": " + reason();
    }

    private static String inWords(Duration duration) {
        return duration.toMillis() < 10_000
                ? Math.round(duration.toMillis() / 100.0) / 10.0 + " s"
                : Math.round(duration.toMillis() / 1000.0) + " s";
    }

    private String reason() {
        return switch (verdict.cause()) {
            case RBAC -> denied();
            case UNAUTHENTICATED -> unauthenticated();
            case UNREACHABLE ->
                "the API server at " + server + " cannot be reached (" + verdict.said()
                        + "). Check that it runs, and that NetworkPolicies, proxies and firewalls let this process through.";
            case THROTTLED ->
                "the API server at " + server + " asks to slow down (" + verdict.said()
                        + "). It is overloaded, or a rule of API priority and fairness limits " + who() + ".";
            case SERVER_FAULT ->
                "the API server at " + server + " has a fault of its own (" + verdict.said()
                        + "). It may be starting, or its etcd may be slow or full.";
            default -> refused();
        };
    }

    private String refused() {
        return switch (verdict.cause()) {
            case BROKEN_WEBHOOK ->
                "admission webhook " + webhook() + " does not answer, so that nothing is admitted. " + said()
                        + " Mend the service behind it, or exclude the namespace from it.";
            case CONFLICT, EXISTS -> "others change the same thing. " + said();
            case FULL_QUOTA ->
                "a resource quota is used up. " + said()
                        + " Raise that ResourceQuota, wait until other pods end, or give"
                        + " the pool a smaller max or runners smaller resources(…).";
            case NEW_QUOTA ->
                "a resource quota was just made, and the cluster has not counted yet what it is for. " + said()
                        + " That takes a moment; if it goes on, look at the kube-controller-manager, which counts.";
            case QUOTA_WANTS_RESOURCES ->
                "a resource quota wants pods to say what they need. " + said()
                        + " Give runners these with resources(…).";
            case POD_SECURITY ->
                "the pod is against the Pod Security standard that the namespace enforces. " + said()
                        + " Set what it wants in the security contexts of the parent's pod, which runners inherit, or in"
                        + " manifest(…).";
            case WEBHOOK ->
                "admission webhook " + webhook() + " refused it. " + said()
                        + " Change the pod with manifest(…), labels(…) or annotations(…), or that policy.";
            case POLICY ->
                "an admission policy refused it. " + said() + " Change the pod with manifest(…), or that policy.";
            case LIMIT_RANGE ->
                "a LimitRange of the namespace refused it. " + said()
                        + " Give runners other resources(…), or change it.";
            case NO_SERVICE_ACCOUNT ->
                "the service account of the pod does not exist. " + said()
                        + " Create it, or name another in manifest(…).";
            case NAMESPACE_ENDS -> "the namespace is being deleted. " + said() + " Use another namespace(…).";
            case NO_NAMESPACE -> "the namespace does not exist. " + said() + " Create it, or use another namespace(…).";
            case NOT_FOUND -> "there is no such thing. " + said();
            case INVALID ->
                "the API server calls the request invalid. " + said() + " Correct manifest(…) or customize(…).";
            case ADMISSION -> "an admission rule of the cluster refused it. " + said();
            default -> said();
        };
    }

    private String said() {
        String said = verdict.said();
        return "The API server said: " + said + (said.endsWith(".") ? "" : ".");
    }

    private String denied() {
        Target target = call.target();
        String place = target.namespace() == null ? "" : " in namespace \"" + target.namespace() + "\"";
        return who() + " may not " + call.verb() + " " + target.ruleResource() + place
                + ". Add this rule to a Role there that is bound to it:\n"
                + rule(target.group(), target.ruleResource(), call.verb()) + "\n" + said();
    }

    private String unauthenticated() {
        return "the API server at " + server + " does not accept the credentials of " + identity.user() + " ("
                + verdict.said()
                + "). The token has expired, was revoked, or was rotated and the new one has not arrived."
                + " In a cluster, check that the service account still exists and that its token is mounted as a projected"
                + " volume, which the kubelet renews; elsewhere, log in again.";
    }

    /** Who asked: as the server called it, else as we know. */
    private String who() {
        Matcher account = ACCOUNT.matcher(verdict.said());
        if (account.find()) {
            return serviceAccount(account.group(1), account.group(2));
        }
        Matcher user = USER.matcher(verdict.said());
        return user.find() ? "user \"" + user.group(1) + "\"" : identity.user();
    }

    static String serviceAccount(String namespace, String name) {
        return "service account \"" + name + "\" of namespace \"" + namespace + "\"";
    }

    private String webhook() {
        Matcher webhook = WEBHOOK.matcher(verdict.said());
        return webhook.find() ? "\"" + Objects.requireNonNull(webhook.group(1)) + "\"" : "of the cluster";
    }
}
