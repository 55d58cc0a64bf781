package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flame4j.testkit.kubernetes.internal.http.Exchange;
import io.flame4j.testkit.kubernetes.internal.http.HttpRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Carries requests out. Thread-safe. */
public final class ApiHandler {

    /** What the handler has to ask others. */
    public interface Outside {
        /**
         * Whether a user may do something.
         *
         * @param user who asks
         * @param verb what for
         * @param path with what
         * @return whether it is allowed
         */
        boolean allows(String user, String verb, ApiPath path);

        /**
         * What a container has written.
         *
         * @param namespace of the pod
         * @param pod its name
         * @param container its name, empty for the only one
         * @return the text, or null when it is not known
         */
        @Nullable
        String log(String namespace, String pod, String container);

        /**
         * Makes a token for a service account.
         *
         * @param user the service account as a user
         * @return the token
         */
        String token(String user);
    }

    private static final String JSON = "application/json";
    private static final Duration TOKEN_LIFE = Duration.ofHours(1);
    private static final int OK = 200;
    private static final int CREATED = 201;

    private static final Map<String, String> KINDS = Map.of(
            "configmaps", "ConfigMap",
            "serviceaccounts", "ServiceAccount",
            "persistentvolumeclaims", "PersistentVolumeClaim",
            "resourcequotas", "ResourceQuota",
            "limitranges", "LimitRange",
            "replicasets", "ReplicaSet",
            "statefulsets", "StatefulSet",
            "daemonsets", "DaemonSet",
            "networkpolicies", "NetworkPolicy",
            "rolebindings", "RoleBinding");

    private final ObjectStore store;
    private final Outside outside;
    private final Clock clock;
    private final Pages pages = new Pages();

    /**
     * A handler.
     *
     * @param store has the objects
     * @param outside is asked about users and logs
     * @param clock tells when tokens end
     */
    public ApiHandler(ObjectStore store, Outside outside, Clock clock) {
        this.store = store;
        this.outside = outside;
        this.clock = clock;
    }

    /**
     * Handles a request for a resource.
     *
     * @param user who asks
     * @param verb what for
     * @param path with what
     * @param request all the rest
     * @param exchange takes the answer
     * @throws IOException when the client is gone
     * @throws StatusException when the request is refused
     */
    public void handle(String user, String verb, ApiPath path, HttpRequest request, Exchange exchange)
            throws IOException, StatusException {
        if (verb.equals("watch")) {
            String since = request.parameters().getOrDefault("resourceVersion", "");
            exchange.stream(store.watch(collection(path), selector(path, request), since));
        } else if (path.subresource().equals("log")) {
            log(path, request, exchange);
        } else {
            ObjectNode answer = answer(user, verb, path, request);
            answer(exchange, verb.equals("create") ? CREATED : OK, answer);
        }
    }

    private ObjectNode answer(String user, String verb, ApiPath path, HttpRequest request) throws StatusException {
        return switch (verb) {
            case "get" -> store.get(path);
            case "list" -> list(path, request);
            case "create" -> create(user, path, request);
            case "update" -> {
                ObjectNode body = Json.read(request.text());
                yield store.update(path, part(path), current -> body);
            }
            case "patch" -> patch(path, request);
            case "delete" -> deleted(path, store.delete(path, options(request)));
            case "deletecollection" -> deleteAll(path, request);
            default -> throw StatusException.badRequest("unknown verb " + verb);
        };
    }

    private static ObjectStore.Part part(ApiPath path) throws StatusException {
        if (!path.subresource().isEmpty() && !path.subresource().equals("status")) {
            throw new StatusException(404, "NotFound", "the server could not find the requested resource");
        }
        return path.subresource().isEmpty() ? ObjectStore.Part.ALL_BUT_STATUS : ObjectStore.Part.STATUS;
    }

    private ObjectNode patch(ApiPath path, HttpRequest request) throws StatusException {
        String type = request.header("Content-Type");
        if (type.startsWith("application/apply-patch")) {
            ObjectNode body = Json.read(request.text());
            try {
                store.get(path);
            } catch (StatusException e) {
                return store.create(path, body);
            }
        }
        return store.update(path, part(path), current -> Patches.apply(type, current, request.text()));
    }

    private ObjectNode create(String user, ApiPath path, HttpRequest request) throws StatusException {
        ObjectNode body = Json.read(request.text());
        if (path.resource().equals("selfsubjectaccessreviews")) {
            return accessReview(user, body);
        }
        if (path.resource().equals("selfsubjectreviews")) {
            body.putObject("status").putObject("userInfo").put("username", user);
            return body;
        }
        switch (path.subresource()) {
            case "binding" -> {
                store.update(path, ObjectStore.Part.ALL, pod -> PodRules.bind(path, pod, body, clock.instant()));
                return success();
            }
            case "eviction" -> {
                store.delete(path, body.path("deleteOptions"));
                return success();
            }
            case "token" -> {
                return token(path, body);
            }
            default -> {
                part(path);
                if (request.parameters().getOrDefault("dryRun", "").equals("All")) {
                    return body;
                }
                return store.create(path, body);
            }
        }
    }

    private ObjectNode token(ApiPath path, ObjectNode body) {
        String user = "system:serviceaccount:" + path.namespace() + ":" + path.name();
        body.putObject("status")
                .put("token", outside.token(user))
                .put("expirationTimestamp", Json.timestamp(clock.instant().plus(TOKEN_LIFE)));
        return body;
    }

    private ObjectNode accessReview(String user, ObjectNode review) {
        JsonNode asked = review.path("spec").path("resourceAttributes");
        ApiPath path = new ApiPath(
                asked.path("group").asText(""),
                asked.path("version").asText("v1"),
                asked.path("resource").asText(""),
                asked.path("namespace").asText(""),
                asked.path("name").asText(""),
                asked.path("subresource").asText(""));
        boolean allowed = outside.allows(user, asked.path("verb").asText(""), path);
        review.putObject("status").put("allowed", allowed);
        return review;
    }

    private ObjectNode list(ApiPath path, HttpRequest request) throws StatusException {
        Map<String, String> parameters = request.parameters();
        String next = parameters.getOrDefault("continue", "");
        int limit = Math.toIntExact(number("limit", parameters.getOrDefault("limit", "0")));
        Pages.Page page = next.isEmpty()
                ? pages.first(store.list(path, selector(path, request)), limit)
                : pages.next(next, limit);
        ObjectNode list =
                Json.object().put("kind", kind(path, page.objects()) + "List").put("apiVersion", path.apiVersion());
        ObjectNode metadata = list.putObject("metadata").put("resourceVersion", Long.toString(page.version()));
        if (!page.next().isEmpty()) {
            metadata.put("continue", page.next());
            if (!parameters.containsKey("labelSelector") && !parameters.containsKey("fieldSelector")) {
                metadata.put("remainingItemCount", page.left());
            }
        }
        ArrayNode items = list.putArray("items");
        page.objects().forEach(items::add);
        return list;
    }

    /** Forgets the history, and what is left of lists that were sent in parts. */
    public void compact() {
        store.compact();
        pages.forget();
    }

    private static String kind(ApiPath path, List<ObjectNode> objects) {
        if (!objects.isEmpty()) {
            return objects.get(0).path("kind").asText();
        }
        String singular = path.resource().replaceAll("s$", "");
        return KINDS.getOrDefault(path.resource(), Character.toUpperCase(singular.charAt(0)) + singular.substring(1));
    }

    private ObjectNode deleteAll(ApiPath path, HttpRequest request) throws StatusException {
        for (ObjectNode object : store.list(path, selector(path, request)).objects()) {
            ApiPath one = new ApiPath(
                    path.group(),
                    path.version(),
                    path.resource(),
                    Json.meta(object, "namespace"),
                    Json.meta(object, "name"),
                    "");
            try {
                store.delete(one, options(request));
            } catch (StatusException e) {
                if (e.code() != 404) { // gone with one before it
                    throw e;
                }
            }
        }
        return success();
    }

    private static ObjectNode options(HttpRequest request) throws StatusException {
        ObjectNode options = request.body().length == 0 ? Json.object() : Json.read(request.text());
        String grace = request.parameters().getOrDefault("gracePeriodSeconds", "");
        if (!grace.isEmpty()) {
            options.put("gracePeriodSeconds", number("gracePeriodSeconds", grace));
        }
        return options;
    }

    private static long number(String parameter, String value) throws StatusException {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw StatusException.badRequest(parameter + ": Invalid value: \"" + value + "\"");
        }
    }

    /** Pods are answered with themselves, everything else with a success. */
    private static ObjectNode deleted(ApiPath path, ObjectNode object) {
        if (path.isPods()) {
            return object;
        }
        ObjectNode success = success();
        success.putObject("details")
                .put("name", path.name())
                .put("kind", path.resource())
                .put("group", path.group())
                .put("uid", Json.meta(object, "uid"));
        return success;
    }

    private static ObjectNode success() {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        return status.put("status", "Success");
    }

    private static ApiPath collection(ApiPath path) {
        return path.withName("");
    }

    private static Predicate<JsonNode> selector(ApiPath path, HttpRequest request) throws StatusException {
        Predicate<JsonNode> selector = Selector.of(request.parameters());
        return path.name().isEmpty()
                ? selector
                : selector.and(object -> Json.meta(object, "name").equals(path.name()));
    }

    private void log(ApiPath path, HttpRequest request, Exchange exchange) throws IOException, StatusException {
        store.get(path);
        String container = request.parameters().getOrDefault("container", "");
        String text = outside.log(path.namespace(), path.name(), container);
        if (text == null) {
            throw new StatusException(
                    500, "InternalError", "no node serves the log of pod " + path.namespace() + "/" + path.name());
        }
        exchange.answer(OK, Map.of(), "text/plain", LogTail.of(text, request.parameters()));
    }

    /**
     * Answers with an object.
     *
     * @param exchange takes the answer
     * @param status the HTTP status
     * @param body the object
     * @throws IOException when the client is gone
     */
    public static void answer(Exchange exchange, int status, ObjectNode body) throws IOException {
        // A real server always says so, and asks for a little patience.
        Map<String, String> headers = status == 429 ? Map.of("Retry-After", "1") : Map.of();
        exchange.answer(status, headers, JSON, Json.bytes(body));
    }
}
