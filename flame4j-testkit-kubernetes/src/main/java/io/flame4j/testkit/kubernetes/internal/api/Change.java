package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One step in the life of an object: made, changed or removed. */
record Change(
        ObjectKey key,
        long version,
        @Nullable ObjectNode before,
        @Nullable ObjectNode after) {

    /**
     * How a watch sees it.
     *
     * @param selector what the watch is for
     * @return the event, or null when it does not see it
     */
    @Nullable
    ObjectNode event(Predicate<JsonNode> selector) {
        ObjectNode old = before;
        ObjectNode now = after;
        boolean was = old != null && selector.test(old);
        if (now != null && selector.test(now)) {
            return event(was ? "MODIFIED" : "ADDED", now);
        }
        if (!was || old == null) {
            return null;
        }
        ObjectNode last = (now == null ? old : now).deepCopy();
        Json.metadata(last).put("resourceVersion", Long.toString(version));
        return event("DELETED", last);
    }

    static ObjectNode event(String type, ObjectNode object) {
        ObjectNode event = Json.object().put("type", type);
        event.set("object", object);
        return event;
    }
}
