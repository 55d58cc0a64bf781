package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Set;

/** What an API server knows about pods. */
final class PodRules {

    private static final long DEFAULT_GRACE_SECONDS = 30;
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    private PodRules() {}

    /** Completes a new pod, and takes the status away that its creator may not set. */
    static void complete(ObjectNode pod) {
        ObjectNode spec = pod.withObject("/spec");
        setIfMissing(spec, "restartPolicy", "Always");
        setIfMissing(spec, "dnsPolicy", "ClusterFirst");
        setIfMissing(spec, "schedulerName", "default-scheduler");
        setIfMissing(spec, "serviceAccountName", "default");
        setIfMissing(spec, "serviceAccount", spec.path("serviceAccountName").asText());
        if (!spec.has("terminationGracePeriodSeconds")) {
            spec.put("terminationGracePeriodSeconds", DEFAULT_GRACE_SECONDS);
        }
        if (!spec.has("enableServiceLinks")) {
            spec.put("enableServiceLinks", true);
        }
        for (String list : new String[] {"initContainers", "containers"}) {
            for (JsonNode container : spec.path(list)) {
                if (container instanceof ObjectNode object) {
                    String image = object.path("image").asText("");
                    boolean latest = image.endsWith(":latest")
                            || !image.replaceAll(".*/", "").contains(":");
                    setIfMissing(object, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
                }
            }
        }
        pod.putObject("status").put("phase", "Pending").put("qosClass", "BestEffort");
    }

    private static void setIfMissing(ObjectNode object, String field, String value) {
        if (!object.hasNonNull(field)) {
            object.put(field, value);
        }
    }

    static void checkNew(ObjectNode pod) throws StatusException {
        JsonNode containers = pod.path("spec").path("containers");
        if (containers.isEmpty()) {
            String name = Json.meta(pod, "name");
            throw new StatusException(
                    422, "Invalid", "Pod \"" + name + "\" is invalid: spec.containers: Required value");
        }
    }

    /** How many seconds a pod gets that is to be deleted now: what is not running needs none. */
    static long grace(JsonNode pod, JsonNode options) {
        boolean scheduled = !pod.path("spec").path("nodeName").asText("").isEmpty();
        if (!scheduled || ENDED.contains(pod.path("status").path("phase").asText())) {
            return 0;
        }
        JsonNode wanted = options.path("gracePeriodSeconds");
        long grace = wanted.isNumber()
                ? wanted.asLong()
                : pod.path("spec").path("terminationGracePeriodSeconds").asLong(DEFAULT_GRACE_SECONDS);
        return grace < 0 ? 1 : grace;
    }

    /** A pod that has been given to a node. */
    static ObjectNode bind(ApiPath path, ObjectNode pod, JsonNode binding, Instant now) throws StatusException {
        String node = binding.path("target").path("name").asText("");
        if (node.isEmpty()) {
            throw StatusException.badRequest("target.name: Required value");
        }
        String present = pod.path("spec").path("nodeName").asText("");
        if (!present.isEmpty()) {
            throw StatusException.conflict(
                    path, "pod " + path.name() + " is already assigned to node \"" + present + "\"");
        }
        ObjectNode bound = pod.deepCopy();
        bound.withObject("/spec").put("nodeName", node);
        ObjectNode condition = Json.object()
                .put("type", "PodScheduled")
                .put("status", "True")
                .put("lastTransitionTime", Json.timestamp(now));
        ObjectNode conditions = Json.object();
        conditions.putObject("status").putArray("conditions").add(condition);
        return Patches.apply("application/strategic-merge-patch+json", bound, conditions.toString());
    }
}
