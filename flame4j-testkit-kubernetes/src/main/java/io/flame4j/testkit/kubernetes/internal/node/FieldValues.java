package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The downward API: values of {@code fieldRef} and {@code resourceFieldRef}. */
final class FieldValues {

    private static final Pattern ENTRY = Pattern.compile("metadata\\.(labels|annotations)\\['(.*)']");

    private FieldValues() {}

    static String field(Pod pod, String path, PodContext context) throws ConfigException {
        ObjectMeta metadata = pod.getMetadata();
        Matcher entry = ENTRY.matcher(path);
        if (entry.matches()) {
            Map<String, String> entries =
                    entry.group(1).equals("labels") ? metadata.getLabels() : metadata.getAnnotations();
            return entries == null ? "" : entries.getOrDefault(entry.group(2), "");
        }
        return switch (path) {
            case "metadata.name" -> metadata.getName();
            case "metadata.namespace" -> metadata.getNamespace();
            case "metadata.uid" -> metadata.getUid();
            case "spec.nodeName" -> pod.getSpec().getNodeName();
            case "spec.serviceAccountName" -> serviceAccount(pod);
            case "status.hostIP", "status.hostIPs" -> context.hostIp();
            case "status.podIP", "status.podIPs" -> context.podIp();
            default -> throw new ConfigException("unsupported fieldPath: " + path);
        };
    }

    static String serviceAccount(Pod pod) {
        return Objects.requireNonNullElse(pod.getSpec().getServiceAccountName(), "default");
    }

    static String resource(Pod pod, Container container, ResourceFieldSelector selector, PodContext context)
            throws ConfigException {
        Container of = container;
        String name = selector.getContainerName();
        if (name != null && !name.isEmpty()) {
            of = pod.getSpec().getContainers().stream()
                    .filter(other -> other.getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new ConfigException("container " + name + " not found"));
        }
        String resource = selector.getResource();
        int dot = resource.indexOf('.');
        String kind = dot < 0 ? "" : resource.substring(0, dot);
        if (!kind.equals("limits") && !kind.equals("requests")) {
            throw new ConfigException("unsupported container resource : " + resource);
        }
        BigDecimal amount = amount(of, kind, resource.substring(dot + 1), context);
        Quantity divisor = selector.getDivisor();
        BigDecimal by = divisor == null ? BigDecimal.ONE : divisor.getNumericalAmount();
        if (by.signum() == 0) {
            by = BigDecimal.ONE; // how the API server stores that there is none
        }
        return amount.divide(by, 0, RoundingMode.CEILING).toPlainString();
    }

    private static BigDecimal amount(Container container, String kind, String resource, PodContext context) {
        Quantity quantity = null;
        if (container.getResources() != null) {
            quantity = get(
                    kind.equals("limits")
                            ? container.getResources().getLimits()
                            : container.getResources().getRequests(),
                    resource);
        }
        if (quantity == null && kind.equals("limits")) {
            quantity = context.capacity().get(resource);
        }
        return quantity == null ? BigDecimal.ZERO : quantity.getNumericalAmount();
    }

    private static @Nullable Quantity get(@Nullable Map<String, Quantity> quantities, String resource) {
        return quantities == null ? null : quantities.get(resource);
    }
}
