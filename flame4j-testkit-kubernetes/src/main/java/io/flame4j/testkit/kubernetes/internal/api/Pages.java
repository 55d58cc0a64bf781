package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Long lists in parts, as clients ask for them with {@code limit} and {@code continue}: all parts show what was there when
 * the first was sent. Thread-safe; its monitor guards what is left to send.
 */
final class Pages {

    /**
     * One part.
     *
     * @param objects the objects
     * @param version of the store when it had all of the list
     * @param next what to ask for the next part with, empty when this is the last one
     * @param left how many objects are in the parts to come
     */
    record Page(List<ObjectNode> objects, long version, String next, int left) {}

    private static final int MOST = 1_000;

    /** What is left of lists, by what it is asked for with. Kept when it was sent, since a client may ask again. */
    private final Map<String, ObjectStore.Listing> rests = new LinkedHashMap<>();

    private long number;

    /** The first part; all when there is no limit, which is 0. */
    synchronized Page first(ObjectStore.Listing all, int limit) {
        List<ObjectNode> objects = all.objects();
        if (limit <= 0 || objects.size() <= limit) {
            return new Page(objects, all.version(), "", 0);
        }
        String next = "rest-" + ++number;
        rests.put(next, new ObjectStore.Listing(objects.subList(limit, objects.size()), all.version()));
        if (rests.size() > MOST) {
            rests.remove(rests.keySet().iterator().next());
        }
        return new Page(objects.subList(0, limit), all.version(), next, objects.size() - limit);
    }

    /** The part after another one. */
    synchronized Page next(String token, int limit) throws StatusException {
        ObjectStore.Listing rest = rests.get(token);
        if (rest == null) {
            throw new StatusException(
                    410,
                    "Expired",
                    "The provided continue parameter is too old to display a consistent list result. You must start a new"
                            + " list without the continue parameter.");
        }
        return first(rest, limit);
    }

    /** Nothing can be continued any more. */
    synchronized void forget() {
        rests.clear();
    }
}
