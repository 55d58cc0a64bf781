package io.flame4j.testkit.kubernetes.internal.api;

import java.util.Comparator;

/** Where an object is kept. Its version is no part of it: one object is seen through all versions of its API. */
record ObjectKey(String group, String resource, String namespace, String name) implements Comparable<ObjectKey> {

    private static final Comparator<ObjectKey> ORDER = Comparator.comparing(ObjectKey::group)
            .thenComparing(ObjectKey::resource)
            .thenComparing(ObjectKey::namespace)
            .thenComparing(ObjectKey::name);

    @Override
    public int compareTo(ObjectKey other) {
        return ORDER.compare(this, other);
    }
}
