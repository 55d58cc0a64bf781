package io.flame4j.opentelemetry;

import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The spans of parent and runner together, as a tree for people and for assertions. */
final class TraceTree {

    /** A span, as it is written to the file of a runner. */
    record Node(
            String where,
            String trace,
            String id,
            String parent,
            String kind,
            String status,
            String events,
            String name,
            String attributes) {

        static Node of(String where, SpanData span) {
            TreeMap<String, Object> attributes = new TreeMap<>();
            span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
            return new Node(
                    where,
                    span.getTraceId(),
                    span.getSpanId(),
                    span.getParentSpanId(),
                    span.getKind().name(),
                    span.getStatus().getStatusCode().name(),
                    span.getEvents().stream()
                            .map(event -> event.getName())
                            .toList()
                            .toString(),
                    span.getName(),
                    attributes.toString());
        }

        static Node parse(String line) {
            String[] fields = line.split("\t");
            return new Node(
                    fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7], fields[8]);
        }

        String line() {
            return String.join("\t", where, trace, id, parent, kind, status, events, name, attributes);
        }
    }

    private final List<Node> nodes;

    TraceTree(List<Node> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    List<Node> children(Node parent) {
        return nodes.stream()
                .filter(node ->
                        node.parent().equals(parent.id()) && node.trace().equals(parent.trace()))
                .toList();
    }

    List<Node> named(String part) {
        return nodes.stream().filter(node -> node.name().contains(part)).toList();
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        nodes.stream()
                .filter(node -> nodes.stream().noneMatch(other -> other.id().equals(node.parent())))
                .forEach(root -> draw(root, "", lines));
        return String.join("\n", lines);
    }

    private void draw(Node node, String indent, List<String> lines) {
        lines.add(indent + node.name() + "  (" + node.where() + ", " + node.kind() + ", " + node.status() + ") "
                + node.attributes() + (node.events().equals("[]") ? "" : " events " + node.events()));
        children(node).forEach(child -> draw(child, indent + "    ", lines));
    }
}
