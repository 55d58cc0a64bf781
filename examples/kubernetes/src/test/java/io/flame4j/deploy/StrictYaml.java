package io.flame4j.deploy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads objects of Kubernetes as the API server does when it is asked to be strict: unknown fields are refused. */
public final class StrictYaml {

    private static final Pattern DOCUMENT_END = Pattern.compile("(?m)^---.*$");

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Stream.of(
                    Namespace.class,
                    ServiceAccount.class,
                    Role.class,
                    RoleBinding.class,
                    Deployment.class,
                    Service.class,
                    NetworkPolicy.class,
                    Pod.class,
                    ResourceQuota.class,
                    PriorityClass.class)
            .collect(Collectors.toMap(
                    type -> HasMetadata.getApiVersion(type) + " " + HasMetadata.getKind(type), Function.identity()));

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated a) {
                    // The model keeps what it does not know for newer API servers.
                    return false;
                }
            });

    private StrictYaml() {}

    /**
     * Reads all documents of a text.
     *
     * @throws IllegalArgumentException when one has an unknown kind or field, or a value of the wrong type
     */
    public static List<HasMetadata> parse(String text) {
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : DOCUMENT_END.split(text)) {
            JsonNode tree = tree(document);
            if (tree != null && !tree.isNull() && !tree.isMissingNode()) {
                objects.add(object(tree));
            }
        }
        return objects;
    }

    /** Reads one document of any kind; null when it is empty. */
    public static JsonNode tree(String document) {
        boolean empty = document.lines().allMatch(line -> line.isBlank() || line.startsWith("#"));
        return empty ? null : Serialization.unmarshal(document, JsonNode.class);
    }

    private static HasMetadata object(JsonNode tree) {
        String kind = tree.path("apiVersion").asText() + " " + tree.path("kind").asText();
        Class<? extends HasMetadata> type = KINDS.get(kind);
        if (type == null) {
            throw new IllegalArgumentException("No such kind is expected here: " + kind);
        }
        return MAPPER.convertValue(tree, type);
    }
}
