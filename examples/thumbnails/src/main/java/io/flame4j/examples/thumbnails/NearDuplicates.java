package io.flame4j.examples.thumbnails;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Groups things that look alike. Alike is what is alike by way of others, too (single linkage). */
final class NearDuplicates {

    private NearDuplicates() {}

    /**
     * Finds the groups.
     *
     * @return groups of two or more, in the order of their first members, each in the order of the things
     */
    static <T> List<List<T>> groups(List<T> things, Function<? super T, Fingerprint> fingerprint) {
        // Every pair is compared: 10,000 pictures take a fraction of a second, and more have other problems.
        int[] parent = new int[things.size()];
        List<Fingerprint> prints = new ArrayList<>(things.size());
        for (int i = 0; i < parent.length; i++) {
            parent[i] = i;
            prints.add(fingerprint.apply(things.get(i)));
            for (int j = 0; j < i; j++) {
                if (prints.get(i).isNear(prints.get(j))) {
                    int a = root(parent, i);
                    int b = root(parent, j);
                    parent[Math.max(a, b)] = Math.min(a, b);
                }
            }
        }
        Map<Integer, List<T>> groups = new LinkedHashMap<>();
        for (int i = 0; i < parent.length; i++) {
            groups.computeIfAbsent(root(parent, i), root -> new ArrayList<>()).add(things.get(i));
        }
        return groups.values().stream().filter(group -> group.size() > 1).toList();
    }

    private static int root(int[] parent, int member) {
        int root = member;
        while (parent[root] != root) {
            parent[root] = parent[parent[root]];
            root = parent[root];
        }
        return root;
    }
}
