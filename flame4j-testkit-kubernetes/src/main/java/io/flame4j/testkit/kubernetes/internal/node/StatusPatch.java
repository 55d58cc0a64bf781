package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.flame4j.testkit.kubernetes.internal.node.ContainerView.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The status of a pod as a JSON patch, the only kind that all API servers of tests understand alike: fabric8's mock
 * server knows no strategic merge patches, and appends lists when it merges. Lists are replaced whole, so the conditions
 * of others are in it, too.
 */
final class StatusPatch {

    private final Pod pod;
    private final PodView view;
    private final Instant now;

    private StatusPatch(Pod pod, PodView view, Instant now) {
        this.pod = pod;
        this.view = view;
        this.now = now;
    }

    /**
     * The patch.
     *
     * @param pod as last seen
     * @param view what to tell
     * @param hostIp of the node
     * @param now the time of what has changed
     * @return the operations
     */
    static List<Map<String, Object>> of(Pod pod, PodView view, String hostIp, Instant now) {
        return operations(pod, new StatusPatch(pod, view, now).status(hostIp));
    }

    /** The patch that says that no node is fit for a pod. */
    static List<Map<String, Object>> unschedulable(Pod pod, String message, Instant now) {
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", "PodScheduled");
        condition.put("status", "False");
        condition.put("reason", "Unschedulable");
        condition.put("message", message);
        condition.put("lastTransitionTime", time(now));
        return operations(pod, Map.of("phase", "Pending", "conditions", List.of(condition)));
    }

    private static List<Map<String, Object>> operations(Pod pod, Map<String, Object> status) {
        List<Map<String, Object>> operations = new ArrayList<>();
        operations.add(operation("test", "/metadata/uid", pod.getMetadata().getUid()));
        if (pod.getStatus() == null) {
            operations.add(operation("add", "/status", Map.of()));
        }
        status.forEach((name, value) -> operations.add(operation("add", "/status/" + name, value)));
        return operations;
    }

    private static Map<String, Object> operation(String name, String path, Object value) {
        return Map.of("op", name, "path", path, "value", value);
    }

    private Map<String, Object> status(String hostIp) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("phase", view.phase());
        putIfSet(status, "reason", emptyToNull(view.why().reason()));
        putIfSet(status, "message", emptyToNull(view.why().message()));
        status.put("hostIP", hostIp);
        status.put("startTime", time(view.startedAt()));
        if (!view.ip().isEmpty()) {
            status.put("podIP", view.ip());
            status.put("podIPs", List.of(Map.of("ip", view.ip())));
        }
        status.put("conditions", conditions());
        if (!view.all().initial().isEmpty()) {
            status.put("initContainerStatuses", containers(view.all().initial(), true));
        }
        status.put("containerStatuses", containers(view.all().main(), false));
        return status;
    }

    private List<Map<String, Object>> conditions() {
        Map<String, Map<String, Object>> conditions = new LinkedHashMap<>();
        if (pod.getStatus() != null && pod.getStatus().getConditions() != null) {
            pod.getStatus().getConditions().forEach(condition -> conditions.put(condition.getType(), map(condition)));
        }
        set(conditions, "PodScheduled", true, "", "");
        boolean over = view.phase().equals("Succeeded");
        boolean initialized = view.all().initialized();
        set(
                conditions,
                "Initialized",
                initialized,
                over ? "PodCompleted" : initialized ? "" : "ContainersNotInitialized",
                initialized
                        ? ""
                        : "containers with incomplete status: "
                                + names(notDone(view.all().initial())));
        boolean ready = view.all().areReady();
        String reason = over ? "PodCompleted" : ready ? "" : "ContainersNotReady";
        String message = over || ready
                ? ""
                : "containers with unready status: "
                        + names(view.all().main().stream()
                                .filter(container -> !container.isRunning())
                                .toList());
        set(conditions, "ContainersReady", ready, reason, message);
        set(conditions, "Ready", ready, reason, message);
        PodCondition extra = view.extra();
        if (extra != null) {
            set(conditions, extra.getType(), true, extra.getReason(), extra.getMessage());
        }
        return List.copyOf(conditions.values());
    }

    private static List<ContainerView> notDone(List<ContainerView> containers) {
        return containers.stream()
                .filter(container -> !container.isRunning() && !container.hasSucceeded())
                .toList();
    }

    private static String names(List<ContainerView> containers) {
        return containers.stream()
                .map(container -> container.spec().getName())
                .collect(Collectors.joining(" ", "[", "]"));
    }

    private void set(
            Map<String, Map<String, Object>> conditions, String type, boolean value, String reason, String message) {
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", type);
        condition.put("status", value ? "True" : "False");
        if (!reason.isEmpty()) {
            condition.put("reason", reason);
        }
        if (!message.isEmpty()) {
            condition.put("message", message);
        }
        Map<String, Object> before = conditions.get(type);
        boolean same = before != null && condition.get("status").equals(before.get("status"));
        Object since = before == null ? null : before.get("lastTransitionTime");
        condition.put("lastTransitionTime", same && since != null ? since : time(now));
        conditions.put(type, condition);
    }

    private static Map<String, Object> map(PodCondition condition) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", condition.getType());
        map.put("status", condition.getStatus());
        putIfSet(map, "reason", condition.getReason());
        putIfSet(map, "message", condition.getMessage());
        putIfSet(map, "lastTransitionTime", condition.getLastTransitionTime());
        return map;
    }

    private static void putIfSet(Map<String, Object> map, String name, @Nullable Object value) {
        if (value != null) {
            map.put(name, value);
        }
    }

    private static List<Map<String, Object>> containers(List<ContainerView> containers, boolean initial) {
        List<Map<String, Object>> statuses = new ArrayList<>();
        for (ContainerView container : containers) {
            Map<String, Object> status = new LinkedHashMap<>();
            String image = container.spec().getImage();
            status.put("name", container.spec().getName());
            status.put("image", image == null ? "" : image);
            status.put("imageID", "");
            if (!container.id().isEmpty()) {
                status.put("containerID", container.id());
            }
            status.put("ready", container.isRunning() || (initial && container.hasSucceeded()));
            status.put("started", container.isRunning());
            status.put("restartCount", container.restarts());
            status.put("state", state(container.state()));
            State.Terminated last = container.last();
            status.put("lastState", last == null ? Map.of() : state(last));
            statuses.add(status);
        }
        return statuses;
    }

    private static Map<String, Object> state(State state) {
        Map<String, Object> details = new LinkedHashMap<>();
        if (state instanceof State.Waiting waiting) {
            details.put("reason", waiting.reason());
            putIfSet(details, "message", emptyToNull(waiting.message()));
            return Map.of("waiting", details);
        }
        if (state instanceof State.Running running) {
            return Map.of("running", Map.of("startedAt", time(running.startedAt())));
        }
        State.Terminated end = (State.Terminated) state;
        details.put("exitCode", end.exitCode());
        details.put("reason", end.reason());
        putIfSet(details, "message", emptyToNull(end.message()));
        details.put("startedAt", time(end.startedAt()));
        details.put("finishedAt", time(end.finishedAt()));
        return Map.of("terminated", details);
    }

    private static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
