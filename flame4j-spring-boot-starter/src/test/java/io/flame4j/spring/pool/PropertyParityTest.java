package io.flame4j.spring.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePoolBuilder;
import io.flame4j.ResultFilter;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.ProcessBackendBuilder;
import io.flame4j.backend.Tls;
import io.flame4j.kubernetes.Entrypoint;
import io.flame4j.kubernetes.KubernetesBackendBuilder;
import io.flame4j.spring.properties.BackendKind;
import io.flame4j.spring.properties.KubernetesProperties;
import io.flame4j.spring.properties.LocalProperties;
import io.flame4j.spring.properties.PoolProperties;
import io.flame4j.spring.properties.ProcessProperties;
import io.flame4j.spring.properties.ResultFilterProperties;
import io.flame4j.spring.properties.TlsProperties;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What can be set in code can be set by a property: an option that is added there must be added here. */
class PropertyParityTest {

    @Test
    void pools() {
        Set<String> expected = options(FlamePoolBuilder.class);
        // Of the overload with a check.
        expected.add("idleCheck");
        // Of an application alone: the builder always waits for the first runners.
        expected.add("start");
        expected.addAll(Set.of("process", "kubernetes", "local"));
        assertThat(components(PoolProperties.class)).isEqualTo(expected);
    }

    @Test
    void processes() {
        assertThat(components(ProcessProperties.class)).isEqualTo(options(ProcessBackendBuilder.class));
    }

    @Test
    void pods() {
        Set<String> expected = options(KubernetesBackendBuilder.class);
        // Of the overload with an Entrypoint.
        expected.add("entrypoint");
        assertThat(Entrypoint.values()).isNotEmpty();
        assertThat(components(KubernetesProperties.class)).isEqualTo(expected);
    }

    @Test
    void threads() {
        assertThat(components(LocalProperties.class)).isEqualTo(options(LocalBackend.class));
    }

    @Test
    void filters() {
        Set<String> expected = options(ResultFilter.class);
        expected.remove("alsoAllowing");
        expected.addAll(Set.of("allow", "alsoAllow"));
        assertThat(components(ResultFilterProperties.class)).isEqualTo(expected);
    }

    @Test
    void encryption() {
        Set<String> expected = options(Tls.Mutual.class);
        expected.addAll(Set.of("mode", "directory", "bundle"));
        assertThat(components(TlsProperties.class)).isEqualTo(expected);
        assertThat(Tls.class.getPermittedSubclasses()).hasSize(2);
        assertThat(Tls.Encrypted.class.getPermittedSubclasses()).hasSize(TlsProperties.Mode.values().length - 1);
    }

    @Test
    void completion_in_editors() throws IOException {
        String metadata;
        try (InputStream in =
                PoolProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            metadata = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(metadata)
                .contains(
                        "\"name\": \"flame4j.backend\"", "\"name\": \"flame4j.pools\"", PoolProperties.class.getName())
                .contains(
                        "\"name\": \"flame4j.runner.command-line-runners\"", "\"name\": \"flame4j.runner.properties\"")
                .contains("whether a runner has a web server");
        assertThat(BackendKind.values()).hasSize(4);
    }

    /** The names of the public methods that return their builder, or another of its kind. */
    private static Set<String> options(Class<?> builder) {
        return Arrays.stream(builder.getMethods())
                .filter(method -> method.getReturnType() == builder
                        && method.getParameterCount() > 0
                        && !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> components(Class<?> properties) {
        return Arrays.stream(properties.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
