package io.flame4j.kubernetes.internal.doctor;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.flame4j.kubernetes.DoctorReport.Finding;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether the quotas of the namespace leave room for a runner. */
final class QuotaCheck {

    private static final String NAME = "Quota";
    private static final String REQUESTS = "requests.";
    private static final String LIMITS = "limits.";

    /** What the server wants each container to set as soon as a quota bounds it; of all else it counts what is set. */
    private static final Set<String> MANDATORY =
            Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

    private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1 << 20);

    private final ResourceQuota quota;
    private final Pod runner;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> raised = new TreeMap<>();
    private final Map<String, String> unset = new TreeMap<>();
    private long room = Long.MAX_VALUE;

    private QuotaCheck(ResourceQuota quota, Pod runner) {
        this.quota = quota;
        this.runner = runner;
    }

    static Finding of(Lookups.Answer<List<ResourceQuota>> answer, Pod runner) {
        if (!answer.isAnswered()) {
            return Findings.skipped(
                    NAME,
                    answer.isForbidden()
                            ? "may not list resourcequotas; one that is used up makes boots fail"
                            : answer.refusal());
        }
        List<ResourceQuota> quotas = Objects.requireNonNullElse(answer.value(), List.of());
        List<ResourceQuota> whole = quotas.stream().filter(QuotaCheck::isForAll).toList();
        if (whole.isEmpty()) {
            return Findings.good(NAME, quotas.isEmpty() ? "none" : "none for all pods");
        }
        List<String> problems = new ArrayList<>();
        StringBuilder remedy = new StringBuilder();
        long room = Long.MAX_VALUE;
        for (ResourceQuota quota : whole) {
            QuotaCheck check = new QuotaCheck(quota, runner);
            check.compare();
            problems.addAll(check.problems);
            room = Math.min(room, check.room);
            remedy.append(remedy.isEmpty() || check.problems.isEmpty() ? "" : "---\n")
                    .append(check.remedy());
        }
        String names = String.join(
                ", ", whole.stream().map(quota -> quota.getMetadata().getName()).toList());
        if (!problems.isEmpty()) {
            return Findings.bad(NAME, String.join("; ", problems), remedy.toString());
        }
        return Findings.good(
                NAME,
                room == Long.MAX_VALUE
                        ? names + ": bounds nothing that runners ask for"
                        : names + ": room for " + room + " more runner" + (room == 1 ? "" : "s"));
    }

    /** Those for some pods alone are left to the server. */
    private static boolean isForAll(ResourceQuota quota) {
        return quota.getSpec() != null
                && quota.getSpec().getScopes().isEmpty()
                && quota.getSpec().getScopeSelector() == null;
    }

    private void compare() {
        Map<String, Quantity> used =
                quota.getStatus() == null || quota.getStatus().getUsed() == null
                        ? Map.of()
                        : quota.getStatus().getUsed();
        new TreeMap<>(hard()).forEach((resource, limit) -> compare(resource, limit, used.get(resource)));
    }

    private Map<String, Quantity> hard() {
        return Objects.requireNonNullElse(quota.getSpec().getHard(), Map.of());
    }

    private void compare(String resource, Quantity hard, @Nullable Quantity used) {
        Quantity asked = asked(resource);
        BigDecimal free = number(hard).subtract(used == null ? BigDecimal.ZERO : number(used));
        if (asked == null) {
            if (MANDATORY.contains(resource)) {
                problems.add("quota " + name() + " bounds " + resource
                        + ", so that each pod must set it, but the runner's" + " does not");
                unset.put(resource, "");
            }
            return;
        }
        if (asked.getNumericalAmount().signum() <= 0) {
            return;
        }
        long fitting = free.divide(number(asked), 0, RoundingMode.FLOOR).longValue();
        room = Math.min(room, Math.max(0, fitting));
        if (fitting < 1) {
            problems.add("quota " + name() + " leaves no room: a runner asks for " + resource + " " + asked + ", and "
                    + (used == null ? "0" : used) + " of " + hard + " are used");
            raised.put(resource, plus(used == null ? BigDecimal.ZERO : number(used), number(asked)));
        }
    }

    /** What a runner's pod counts for; null when it sets none. */
    private @Nullable Quantity asked(String resource) {
        if (resource.equals("pods") || resource.equals("count/pods")) {
            return new Quantity("1");
        }
        if (resource.startsWith(LIMITS)) {
            return sum(resource.substring(LIMITS.length()), true, MANDATORY.contains(resource));
        }
        return sum(
                resource.startsWith(REQUESTS) ? resource.substring(REQUESTS.length()) : resource,
                false,
                MANDATORY.contains(resource));
    }

    /** Over the containers; null when none sets it, or one does not that must. A request that is not set is the limit. */
    private @Nullable Quantity sum(String resource, boolean limits, boolean mandatory) {
        BigDecimal sum = BigDecimal.ZERO;
        @Nullable Quantity only = null;
        for (Container container : runner.getSpec().getContainers()) {
            Quantity one = of(container, resource, limits);
            if (one != null) {
                only = one;
                sum = sum.add(number(one));
            } else if (mandatory) {
                return null;
            }
        }
        return only == null || runner.getSpec().getContainers().size() == 1 ? only : new Quantity(sum.toPlainString());
    }

    private static @Nullable Quantity of(Container container, String resource, boolean limits) {
        if (container.getResources() == null) {
            return null;
        }
        Map<String, Quantity> requests =
                Objects.requireNonNullElse(container.getResources().getRequests(), Map.of());
        Map<String, Quantity> bounds =
                Objects.requireNonNullElse(container.getResources().getLimits(), Map.of());
        return limits || !requests.containsKey(resource) ? bounds.get(resource) : requests.get(resource);
    }

    private String remedy() {
        StringBuilder text = new StringBuilder();
        if (!raised.isEmpty()) {
            text.append("""
                    # with room for one runner beside what there is
                    apiVersion: v1
                    kind: ResourceQuota
                    metadata:
                      name: %s
                      namespace: %s
                    spec:
                      hard:
                    """.formatted(
                            Yaml.text(name()), Yaml.text(runner.getMetadata().getNamespace())));
            Map<String, String> all = new TreeMap<>();
            hard().forEach((resource, limit) -> all.put(resource, limit.toString()));
            all.putAll(raised);
            all.forEach((resource, value) -> text.append("    ")
                    .append(resource)
                    .append(": \"")
                    .append(value)
                    .append("\"\n"));
        }
        if (!unset.isEmpty()) {
            text.append(raised.isEmpty() ? "" : "---\n");
            text.append("# in the Deployment, at the application's container; or with resources(…) of the backend's"
                    + " builder\nresources:\n");
            addUnset(text, REQUESTS);
            addUnset(text, LIMITS);
        }
        return text.toString();
    }

    private void addUnset(StringBuilder text, String kind) {
        List<String> names = unset.keySet().stream()
                .map(resource -> resource.contains(".") ? resource : REQUESTS + resource)
                .filter(resource -> resource.startsWith(kind))
                .map(resource -> resource.substring(kind.length()))
                .toList();
        if (!names.isEmpty()) {
            text.append("  ").append(kind, 0, kind.length() - 1).append(":\n");
            names.forEach(name -> text.append("    ").append(name).append(": # a quantity\n"));
        }
    }

    private String name() {
        return quota.getMetadata().getName();
    }

    private static BigDecimal number(Quantity quantity) {
        return quantity.getNumericalAmount();
    }

    /** In mebibytes where these are bytes, which come in large numbers. */
    private static String plus(BigDecimal used, BigDecimal asked) {
        BigDecimal sum = used.add(asked);
        BigDecimal[] mebibytes = sum.divideAndRemainder(MEBIBYTE);
        return sum.compareTo(MEBIBYTE) >= 0 && mebibytes[1].signum() == 0
                ? mebibytes[0].toBigInteger() + "Mi"
                : sum.stripTrailingZeros().toPlainString();
    }
}
