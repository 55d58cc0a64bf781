package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The objects of an API server, their versions, and who watches them.
 *
 * <p>Thread-safe. The lock guards everything; under it watches are handed their events, which does not block. Objects
 * in the store are never changed but replaced, so that they can be read outside the lock.
 */
public final class ObjectStore {

    /** A change to an object, as far as its client knows it. */
    @FunctionalInterface
    interface Edit {
        ObjectNode apply(ObjectNode current) throws StatusException;
    }

    /** What of an object an update may change. */
    enum Part {
        ALL,
        ALL_BUT_STATUS,
        STATUS
    }

    /** Objects, and the version of the store when it had them. */
    record Listing(List<ObjectNode> objects, long version) {}

    private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final int RANDOM_LETTERS = 5;
    private static final int MAX_HISTORY = 100_000;

    private final Clock clock;
    private final Random random = new Random();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ObjectKey, ObjectNode> objects = new TreeMap<>();
    private final Deque<Change> history = new ArrayDeque<>();
    private final Set<Watch> watches = new HashSet<>();
    private long version = 1;

    /** Changes up to this version are forgotten. */
    private long compacted;

    /**
     * An empty store.
     *
     * @param clock tells creation and deletion times
     */
    public ObjectStore(Clock clock) {
        this.clock = clock;
    }

    // Reading

    ObjectNode get(ApiPath path) throws StatusException {
        lock.lock();
        try {
            return present(path);
        } finally {
            lock.unlock();
        }
    }

    Listing list(ApiPath collection, Predicate<JsonNode> selector) {
        lock.lock();
        try {
            List<ObjectNode> found = new ArrayList<>();
            objects.forEach((key, object) -> {
                if (collection.contains(key) && selector.test(object)) {
                    found.add(object);
                }
            });
            return new Listing(found, version);
        } finally {
            lock.unlock();
        }
    }

    /** Events from a version on, or from what is there now when no version is given. */
    Watch watch(ApiPath collection, Predicate<JsonNode> selector, String since) throws StatusException {
        Watch watch = new Watch(this, collection, selector);
        lock.lock();
        try {
            long from = since.isEmpty() ? 0 : versionOf(since);
            if (from == 0) {
                list(collection, selector).objects().forEach(object -> watch.put(Change.event("ADDED", object)));
            } else if (from < compacted) {
                watch.put(Change.event("ERROR", expired(from)));
                watch.end();
                return watch;
            } else {
                history.stream().filter(change -> change.version() > from).forEach(watch::see);
            }
            watches.add(watch);
            return watch;
        } finally {
            lock.unlock();
        }
    }

    private ObjectNode expired(long from) {
        String message = "too old resource version: " + from + " (" + compacted + ")";
        return new StatusException(410, "Expired", message).body();
    }

    private static long versionOf(String text) throws StatusException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw StatusException.badRequest("invalid resource version \"" + text + "\"");
        }
    }

    void remove(Watch watch) {
        lock.lock();
        try {
            watches.remove(watch);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the history: watches that ask for what was before are told that it has expired. */
    public void compact() {
        lock.lock();
        try {
            history.clear();
            // Without this the next change would be the first that a client can have missed.
            version++;
            compacted = version;
        } finally {
            lock.unlock();
        }
    }

    // Writing

    ObjectNode create(ApiPath path, ObjectNode body) throws StatusException {
        lock.lock();
        try {
            ObjectNode object = body.deepCopy();
            ObjectNode metadata = Json.metadata(object);
            if (Json.meta(object, "name").isEmpty()) {
                metadata.put("name", unusedName(path, Json.meta(object, "generateName")));
            }
            ApiPath named = path.withName(Json.meta(object, "name"));
            if (objects.containsKey(named.key())) {
                throw new StatusException(
                        409, "AlreadyExists", path.qualifiedResource() + " \"" + named.name() + "\" already exists");
            }
            if (path.isPods()) {
                PodRules.checkNew(object);
                PodRules.complete(object);
            }
            birth(named, object);
            store(named.key(), null, object);
            if (hasOwners(object) && !hasLivingOwner(object)) {
                collect(named.key(), object);
            }
            return object;
        } finally {
            lock.unlock();
        }
    }

    /** Stores an object as it is, with its status, in place of what was there. */
    public ObjectNode put(ApiPath path, ObjectNode body) {
        lock.lock();
        try {
            ObjectNode object = body.deepCopy();
            ObjectNode before = objects.get(path.key());
            if (before == null) {
                String uid = Json.meta(object, "uid");
                birth(path, object);
                if (!uid.isEmpty()) {
                    Json.metadata(object).put("uid", uid);
                }
            } else if (Json.meta(object, "uid").isEmpty()) {
                Json.metadata(object).put("uid", Json.meta(before, "uid"));
            }
            store(path.key(), before, object);
            return object;
        } finally {
            lock.unlock();
        }
    }

    private void birth(ApiPath path, ObjectNode object) {
        ObjectNode metadata = Json.metadata(object);
        metadata.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds"));
        metadata.put("uid", UUID.randomUUID().toString()).put("creationTimestamp", Json.timestamp(clock.instant()));
        if (!path.namespace().isEmpty()) {
            metadata.put("namespace", path.namespace());
        }
    }

    /** As API servers since 1.30, which draw again when a name is taken. */
    private String unusedName(ApiPath path, String prefix) throws StatusException {
        String name = generatedName(path, prefix);
        while (objects.containsKey(path.withName(name).key())) {
            name = generatedName(path, prefix);
        }
        return name;
    }

    private String generatedName(ApiPath path, String prefix) throws StatusException {
        if (prefix.isEmpty()) {
            throw new StatusException(
                    422,
                    "Invalid",
                    path.qualifiedResource()
                            + " \"\" is invalid: metadata.name: Required value: name or generateName is required");
        }
        StringBuilder name = new StringBuilder(prefix);
        for (int i = 0; i < RANDOM_LETTERS; i++) {
            name.append(NAME_LETTERS.charAt(random.nextInt(NAME_LETTERS.length())));
        }
        return name.toString();
    }

    ObjectNode update(ApiPath path, Part part, Edit edit) throws StatusException {
        lock.lock();
        try {
            ObjectNode current = present(path);
            ObjectNode wanted = edit.apply(current).deepCopy();
            String uid = Json.meta(wanted, "uid");
            if (!uid.isEmpty() && !uid.equals(Json.meta(current, "uid"))) {
                throw StatusException.conflict(path, precondition("UID", uid, Json.meta(current, "uid")));
            }
            String seen = Json.meta(wanted, "resourceVersion");
            if (!seen.isEmpty() && !seen.equals(Json.meta(current, "resourceVersion"))) {
                throw StatusException.conflict(
                        path,
                        "the object has been modified; please apply your changes to the latest version and try again");
            }
            ObjectNode next = part == Part.STATUS ? current.deepCopy() : wanted;
            copy("status", part == Part.ALL_BUT_STATUS ? current : wanted, next);
            for (String field : List.of(
                    "name",
                    "namespace",
                    "uid",
                    "creationTimestamp",
                    "generateName",
                    "resourceVersion",
                    "deletionTimestamp",
                    "deletionGracePeriodSeconds")) {
                copy(field, Json.metadata(current), Json.metadata(next));
            }
            if (next.equals(current)) {
                return current;
            }
            if (isFreed(next)) {
                removeNow(path.key(), current);
                return next;
            }
            store(path.key(), current, next);
            return next;
        } finally {
            lock.unlock();
        }
    }

    private static void copy(String field, ObjectNode from, ObjectNode to) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value);
        }
    }

    /** Whether an object was only kept by finalizers that are gone now. */
    private static boolean isFreed(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return metadata.has("deletionTimestamp")
                && metadata.path("deletionGracePeriodSeconds").asLong(0) == 0
                && metadata.path("finalizers").isEmpty();
    }

    /** Deletes an object, at once or gracefully, and says what is left of it. */
    ObjectNode delete(ApiPath path, JsonNode options) throws StatusException {
        lock.lock();
        try {
            ObjectNode object = present(path);
            for (String field : List.of("uid", "resourceVersion")) {
                String wanted = options.path("preconditions").path(field).asText("");
                String present = Json.meta(object, field);
                if (!wanted.isEmpty() && !wanted.equals(present)) {
                    String what = field.equals("uid") ? "UID" : "ResourceVersion";
                    throw StatusException.conflict(path, precondition(what, wanted, present));
                }
            }
            return delete(path.key(), object, options);
        } finally {
            lock.unlock();
        }
    }

    private static String precondition(String what, String wanted, String present) {
        return "Precondition failed: " + what + " in precondition: " + wanted + ", " + what + " in object meta: "
                + present;
    }

    private ObjectNode delete(ObjectKey key, ObjectNode object, JsonNode options) {
        boolean pod = key.group().isEmpty() && key.resource().equals("pods");
        long grace = pod ? PodRules.grace(object, options) : 0;
        if (object.path("metadata").has("deletionTimestamp")) {
            long present =
                    object.path("metadata").path("deletionGracePeriodSeconds").asLong();
            // Once under way, a deletion can only be made faster, and only by somebody who says so.
            grace = options.path("gracePeriodSeconds").asLong(present);
            if (grace >= present && present > 0) {
                return object;
            }
        }
        if (grace == 0 && object.path("metadata").path("finalizers").isEmpty()) {
            return removeNow(key, object);
        }
        Instant end = clock.instant().plusSeconds(grace);
        ObjectNode dying = object.deepCopy();
        Json.metadata(dying).put("deletionTimestamp", Json.timestamp(end)).put("deletionGracePeriodSeconds", grace);
        store(key, object, dying);
        return dying;
    }

    private ObjectNode removeNow(ObjectKey key, ObjectNode object) {
        store(key, object, null);
        // As the garbage collector would: what nobody owns any more goes, too.
        String uid = Json.meta(object, "uid");
        for (Map.Entry<ObjectKey, ObjectNode> entry : List.copyOf(objects.entrySet())) {
            if (owners(entry.getValue()).contains(uid) && !hasLivingOwner(entry.getValue())) {
                collect(entry.getKey(), entry.getValue());
            }
        }
        return object;
    }

    private void collect(ObjectKey key, ObjectNode object) {
        // Removed meanwhile, with something else?
        if (objects.get(key) == object && !object.path("metadata").has("deletionTimestamp")) {
            delete(key, object, Json.object());
        }
    }

    private static boolean hasOwners(ObjectNode object) {
        return !owners(object).isEmpty();
    }

    private boolean hasLivingOwner(ObjectNode object) {
        List<String> owners = owners(object);
        return objects.values().stream().anyMatch(other -> owners.contains(Json.meta(other, "uid")));
    }

    private static List<String> owners(ObjectNode object) {
        List<String> uids = new ArrayList<>();
        object.path("metadata")
                .path("ownerReferences")
                .forEach(owner -> uids.add(owner.path("uid").asText("")));
        return uids;
    }

    private ObjectNode present(ApiPath path) throws StatusException {
        ObjectNode object = objects.get(path.key());
        if (object == null) {
            throw StatusException.notFound(path);
        }
        return object;
    }

    /** Gives what is new a version, and tells all who watch. */
    private void store(ObjectKey key, @Nullable ObjectNode before, @Nullable ObjectNode after) {
        version++;
        if (after == null) {
            objects.remove(key);
        } else {
            Json.metadata(after).put("resourceVersion", Long.toString(version));
            objects.put(key, after);
        }
        Change change = new Change(key, version, before, after);
        history.add(change);
        if (history.size() > MAX_HISTORY) {
            compacted = history.remove().version();
        }
        watches.forEach(watch -> watch.see(change));
    }
}
