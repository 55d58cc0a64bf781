package io.flame4j.testkit.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObjectStoreTest {

    /** Of so many names of five letters, about fourteen are drawn a second time. */
    private static final int MANY = 20_000;

    private final ObjectStore store = new ObjectStore(Clock.systemUTC());

    @Test
    void a_generated_name_is_never_one_that_is_taken() throws Exception {
        ApiPath configMaps = Objects.requireNonNull(ApiPath.of("/api/v1/namespaces/default/configmaps"));
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("metadata").put("generateName", "some-");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            names.add(Json.meta(store.create(configMaps, body), "name"));
        }
        assertThat(names).hasSize(MANY);
    }
}
