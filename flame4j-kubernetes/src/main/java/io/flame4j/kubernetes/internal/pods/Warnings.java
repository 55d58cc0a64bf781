package io.flame4j.kubernetes.internal.pods;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the user should know about a pod that was built all the same. Confined to one build. */
final class Warnings {

    private final Set<String> messages = new LinkedHashSet<>();

    void add(String message) {
        messages.add(message);
    }

    List<String> list() {
        return List.copyOf(messages);
    }
}
