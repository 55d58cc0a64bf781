package io.flame4j.testkit.kubernetes.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flame4j.testkit.kubernetes.internal.http.Exchange;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/** What one client watches. The store puts events in, under its lock; the thread of the client's stream takes them. */
final class Watch implements Exchange.Source {

    private static final byte[] END = {};

    private final ObjectStore store;
    private final ApiPath collection;
    private final Predicate<JsonNode> selector;
    private final BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();

    Watch(ObjectStore store, ApiPath collection, Predicate<JsonNode> selector) {
        this.store = store;
        this.collection = collection;
        this.selector = selector;
    }

    void see(Change change) {
        if (collection.contains(change.key())) {
            ObjectNode event = change.event(selector);
            if (event != null) {
                put(event);
            }
        }
    }

    void put(ObjectNode event) {
        events.add(Json.bytes(event));
    }

    void end() {
        events.add(END);
    }

    @Override
    public byte[] take() throws InterruptedException {
        return events.take();
    }

    @Override
    public void close() {
        store.remove(this);
    }
}
