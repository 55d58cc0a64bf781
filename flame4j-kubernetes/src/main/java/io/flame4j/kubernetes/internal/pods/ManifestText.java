package io.flame4j.kubernetes.internal.pods;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Reads a pod from YAML or JSON. */
public final class ManifestText {

    private ManifestText() {}

    /**
     * Reads and checks a pod.
     *
     * @throws IllegalArgumentException when it is not YAML, or not a valid pod
     */
    public static Pod parse(String text) {
        JsonNode tree = read(text);
        return Trees.toPod(ManifestCheck.check(tree));
    }

    private static @Nullable JsonNode read(String text) {
        // The client takes what begins with a brace for JSON, but it may be YAML too.
        boolean brace = text.stripLeading().startsWith("{");
        try {
            return Serialization.unmarshal(brace ? "---\n" + text : text, JsonNode.class);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("The manifest is not one YAML document: " + problem(e, brace ? 0 : 1));
        }
    }

    /** Without the lines that the parser's own message shows, since they may hold secrets. */
    private static String problem(Throwable e, int firstLine) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException marked) {
                String where = marked.getProblemMark()
                        .map(mark -> " in line " + (mark.getLine() + firstLine) + ", column " + (mark.getColumn() + 1))
                        .orElse("");
                return marked.getProblem() + where;
            }
        }
        return e.getClass().getSimpleName();
    }
}
