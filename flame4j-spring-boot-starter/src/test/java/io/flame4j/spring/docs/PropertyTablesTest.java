package io.flame4j.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.properties.CallProperties;
import io.flame4j.spring.properties.KubernetesProperties;
import io.flame4j.spring.properties.LocalProperties;
import io.flame4j.spring.properties.PoolProperties;
import io.flame4j.spring.properties.ProcessProperties;
import io.flame4j.spring.properties.ResultFilterProperties;
import io.flame4j.spring.properties.RunnerProperties;
import io.flame4j.spring.properties.TlsProperties;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** The tables of docs/spring.md name the properties that there are, in their order. */
class PropertyTablesTest {

    private static final List<String> NESTED = List.of("process", "kubernetes", "local", "result-filter", "tls");

    @Test
    void pools() throws IOException {
        assertThat(documented("flame4j.pools.<name>.*"))
                .containsExactlyElementsOf(Stream.concat(
                                names("", PoolProperties.class), names("result-filter.", ResultFilterProperties.class))
                        .toList());
    }

    @Test
    void processes() throws IOException {
        assertThat(documented("flame4j.pools.<name>.process.*"))
                .containsExactlyElementsOf(names("", ProcessProperties.class).toList());
    }

    @Test
    void pods() throws IOException {
        assertThat(documented("flame4j.pools.<name>.kubernetes.*"))
                .containsExactlyElementsOf(names("", KubernetesProperties.class)
                        .map(name -> name.equals("resources") ? "resources.requests.*" : name)
                        .toList());
    }

    @Test
    void threads() throws IOException {
        assertThat(documented("flame4j.pools.<name>.local.*"))
                .containsExactlyElementsOf(names("", LocalProperties.class).toList());
    }

    @Test
    void encryption() throws IOException {
        assertThat(documented("…process.tls.*"))
                .containsExactlyElementsOf(names("", TlsProperties.class).toList());
    }

    @Test
    void runners_and_calls() throws IOException {
        assertThat(documented("flame4j.runner.*"))
                .containsExactlyElementsOf(
                        Stream.concat(names("runner.", RunnerProperties.class), names("call.", CallProperties.class))
                                .toList());
    }

    /** The first column of the table below a heading. */
    private static List<String> documented(String heading) throws IOException {
        String document = Files.readString(Path.of("..", "docs", "spring.md"));
        int start = document.indexOf("### `" + heading + "`");
        assertThat(start).as(heading).isPositive();
        int end = document.indexOf("\n#", start + 1);
        return Pattern.compile("(?m)^\\| `([^`]+)`")
                .matcher(document.substring(start, end))
                .results()
                .map(MatchResult::group)
                .map(row -> row.substring(3, row.length() - 1))
                .toList();
    }

    private static Stream<String> names(String prefix, Class<?> properties) {
        return Arrays.stream(properties.getRecordComponents())
                .map(RecordComponent::getName)
                .map(DataObjectPropertyName::toDashedForm)
                .filter(name -> !NESTED.contains(name))
                .map(name -> prefix + name);
    }
}
