package io.flame4j.dashboard.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.dashboard.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

    @Test
    void putsCommasWhereTheyBelong() {
        String json = new JsonWriter(16)
                .beginObject()
                .field("a", 1)
                .name("b")
                .beginArray()
                .beginObject()
                .endObject()
                .beginArray()
                .value(true)
                .value("x")
                .endArray()
                .value(-2L)
                .endArray()
                .name("c")
                .raw("{\"d\":[]}")
                .field("e", false)
                .endObject()
                .toString();

        assertThat(json).isEqualTo("{\"a\":1,\"b\":[{},[true,\"x\"],-2],\"c\":{\"d\":[]},\"e\":false}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "\"quoted\" \\ and /",
                "line\nend\r\ttab\u0000\u001f\u007f",
                "<script>alert('&amp;')</script>",
                "\u2028 and \u2029",
                "ümlaut, 漢字, \ud83d\udd25"
            })
    void whatIsWrittenIsReadAgain(String text) {
        String json =
                new JsonWriter(16).beginObject().field(text, text).endObject().toString();

        assertThat(json).doesNotContain("\n", "\r", "\u2028", "<", ">", "&");
        assertThat(Json.read(json)).isEqualTo(Map.of(text, text));
    }

    @Test
    void halfAPairOfSurrogatesIsEscaped() {
        String json = new JsonWriter(16)
                .beginArray()
                .value("\ud83d")
                .value("\udd25\ud83d")
                .endArray()
                .toString();

        assertThat(json).isEqualTo("[\"\\ud83d\",\"\\udd25\\ud83d\"]");
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(json)).isTrue();
    }

    @Test
    void numbersAreWholeOnes() {
        String json = new JsonWriter(16)
                .beginArray()
                .value(Long.MIN_VALUE)
                .value(0)
                .endArray()
                .toString();

        assertThat(((List<?>) Json.read(json))).hasSize(2);
        assertThat(json).isEqualTo("[-9223372036854775808,0]");
    }
}
