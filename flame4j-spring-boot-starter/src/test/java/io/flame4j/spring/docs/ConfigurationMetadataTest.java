package io.flame4j.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.properties.BackendKind;
import io.flame4j.spring.properties.CallProperties;
import io.flame4j.spring.properties.FlameProperties;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What editors show of the properties. */
class ConfigurationMetadataTest {

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> entries(String kind) throws IOException, URISyntaxException {
        Path classes = Path.of(FlameProperties.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String json = Files.readString(classes.resolve("META-INF/spring-configuration-metadata.json"));
        Map<String, Object> all =
                (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(json);
        return (List<Map<String, Object>>) Objects.requireNonNull(all).get(kind);
    }

    @Test
    void each_property_is_described_in_plain_words() throws Exception {
        assertThat(entries("properties"))
                .hasSizeGreaterThan(10)
                .allSatisfy(property -> assertThat(property.get("description"))
                        .as("%s", property.get("name"))
                        .asString()
                        .isNotBlank()
                        .doesNotContain("{@"));
    }

    /** Those of a pool are values of a map: editors take what they show of them from here. */
    @Test
    void so_are_those_of_pools() throws IOException {
        Pattern tag = Pattern.compile("@param (?:(?!\\* @|\\*/).)*\\{@[^}]*}", Pattern.DOTALL);
        try (Stream<Path> records = Files.list(Path.of("src/main/java/io/flame4j/spring/properties"))) {
            assertThat(records.toList())
                    .hasSizeGreaterThan(5)
                    .allSatisfy(record -> assertThat(Files.readString(record)).doesNotContainPattern(tag));
        }
    }

    @Test
    void values_are_offered_with_what_they_mean() throws Exception {
        List<Map<String, Object>> hints = entries("hints");
        assertThat(entries("properties"))
                .extracting(property -> property.get("name"))
                .containsAll(hints.stream().map(hint -> hint.get("name")).toList());
        assertThat(values(hints, "flame4j.backend")).isEqualTo(names(BackendKind.values()));
        assertThat(values(hints, "flame4j.call.self-invocation"))
                .isEqualTo(names(CallProperties.SelfInvocation.values()));
    }

    private static List<?> values(List<Map<String, Object>> hints, String property) {
        return hints.stream()
                .filter(hint -> property.equals(hint.get("name")))
                .flatMap(hint -> ((List<?>) hint.get("values")).stream())
                .map(value -> ((Map<?, ?>) value).get("value"))
                .toList();
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
