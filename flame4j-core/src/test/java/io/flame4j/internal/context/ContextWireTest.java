package io.flame4j.internal.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallListener;
import io.flame4j.context.ContextPropagator;
import io.flame4j.context.IncomingCall;
import io.flame4j.context.OutgoingCall;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is captured, what of it is too much, and what a runner makes of bytes that claim to be a context. */
class ContextWireTest {

    private record Capturing(Consumer<OutgoingCall> what) implements ContextPropagator {

        @Override
        public void capture(OutgoingCall call) {
            what.accept(call);
        }

        @Override
        public Scope restore(IncomingCall call) {
            return failure -> {};
        }
    }

    private static List<CarriedContext.Section> travel(List<Consumer<OutgoingCall>> captures) throws IOException {
        List<ContextPropagator> propagators = new ArrayList<>();
        captures.forEach(capture -> propagators.add(new Capturing(capture)));
        CapturedContext captured = new ContextCapture("thumbs", propagators).capture(() -> "lambda in a.B.c");
        if (captured == null) {
            return List.of();
        }
        ByteWriter out = new ByteWriter();
        captured.writeTo(out);
        ByteReader in = new ByteReader(out.toByteArray());
        List<CarriedContext.Section> sections = CarriedContext.read(in);
        assertThat(in.remaining()).isZero();
        return sections;
    }

    private static Map<String, String> travel(Consumer<OutgoingCall> capture) throws IOException {
        List<CarriedContext.Section> sections = travel(List.of(capture));
        return sections.isEmpty() ? Map.of() : sections.get(0).values();
    }

    @Test
    void values_arrive_with_their_propagator_and_in_order() throws IOException {
        List<CarriedContext.Section> sections =
                travel(List.of(call -> call.carry("request", "r-1"), call -> {}, call -> {
                    call.carry("b", "");
                    call.carry("a", "grün");
                    call.carry("pool", call.pool());
                }));

        assertThat(sections)
                .containsExactly(
                        new CarriedContext.Section(0, Map.of("request", "r-1")),
                        new CarriedContext.Section(2, Map.of("b", "", "a", "grün", "pool", "thumbs")));
        assertThat(sections.get(1).values().keySet()).containsExactly("b", "a", "pool");
    }

    @Test
    void nothing_travels_when_nothing_was_captured() {
        assertThat(new ContextCapture("thumbs", List.of()).capture(() -> "t")).isNull();
        assertThat(new ContextCapture("thumbs", List.of(new Capturing(call -> {}))).capture(() -> "t"))
                .isNull();
    }

    @Test
    void who_follows_a_call_is_known_even_when_a_later_propagator_refuses_it() {
        CallListener listener = new CallListener() {};
        RuntimeException refusal = new IllegalStateException("no tenant");
        CapturedContext captured = new ContextCapture(
                        "thumbs",
                        List.of(
                                new Capturing(call -> {
                                    assertThat(call.task()).isEqualTo("lambda in a.B.c");
                                    call.follow(listener);
                                }),
                                new Capturing(call -> {
                                    throw refusal;
                                })))
                .capture(() -> "lambda in a.B.c");

        assertThat(captured.followers()).containsExactly(listener);
        assertThat(captured.failure()).isSameAs(refusal);
        assertThat(captured.travels()).isFalse();
    }

    @Test
    void what_is_beyond_a_bound_stays_behind_alone() throws IOException {
        Map<String, String> values = travel(call -> {
            call.carry("k".repeat(OutgoingCall.MAX_KEY_BYTES + 1), "long key");
            call.carry("long value", "v".repeat(OutgoingCall.MAX_VALUE_BYTES + 1));
            call.carry("k".repeat(OutgoingCall.MAX_KEY_BYTES), "just fits");
            call.carry("just fits", "v".repeat(OutgoingCall.MAX_VALUE_BYTES));
            call.carry("umlauts count twice", "ü".repeat(OutgoingCall.MAX_VALUE_BYTES / 2 + 1));
            call.carry("last", "is small");
        });

        assertThat(values).containsOnlyKeys("k".repeat(OutgoingCall.MAX_KEY_BYTES), "just fits", "last");
    }

    @Test
    void one_value_more_than_may_travel_stays_behind() throws IOException {
        Map<String, String> values = travel(call -> {
            for (int i = 0; i <= OutgoingCall.MAX_VALUES; i++) {
                call.carry("key-" + i, "value");
            }
        });

        assertThat(values)
                .hasSize(OutgoingCall.MAX_VALUES)
                .containsKey("key-0")
                .doesNotContainKey("key-" + OutgoingCall.MAX_VALUES);
    }

    @Test
    void all_values_together_are_bounded() throws IOException {
        Map<String, String> values = travel(call -> {
            call.carry("a", "v".repeat(OutgoingCall.MAX_VALUE_BYTES));
            call.carry("b", "v".repeat(OutgoingCall.MAX_VALUE_BYTES - 2));
            call.carry("c", "");
        });

        assertThat(values).containsOnlyKeys("a", "b");
    }

    @Test
    void each_propagator_has_bounds_of_its_own() throws IOException {
        Consumer<OutgoingCall> much = call -> {
            call.carry("a", "v".repeat(OutgoingCall.MAX_VALUE_BYTES));
            call.carry("b", "v".repeat(OutgoingCall.MAX_VALUE_BYTES - 2));
        };

        assertThat(travel(List.of(much, much, much))).hasSize(3);
    }

    @Test
    void a_context_that_no_parent_makes_is_refused_before_memory_is_set_aside() {
        refused(out -> out.writeVarInt(CarriedContext.MAX_PROPAGATORS + 1), "sections");
        refused(out -> out.writeVarLong(-1), "sections");
        refused(out -> section(out, CarriedContext.MAX_PROPAGATORS + 1, 1), "place of a propagator");
        refused(out -> section(out, 0, OutgoingCall.MAX_VALUES + 1), "values");
        refused(out -> section(out, 0, 1).writeVarLong(Long.MAX_VALUE), "bytes of a text");
        refused(out -> section(out, 0, 1).writeVarInt(OutgoingCall.MAX_KEY_BYTES + 1), "bytes of a text");
        refused(
                out -> {
                    section(out, 0, 1).writeString("key");
                    out.writeVarInt(OutgoingCall.MAX_VALUE_BYTES + 1);
                },
                "bytes of a text");
        refused(
                out -> {
                    section(out, 0, 3).writeString("a");
                    out.writeString("v".repeat(OutgoingCall.MAX_VALUE_BYTES));
                    out.writeString("b");
                    out.writeString("v".repeat(OutgoingCall.MAX_VALUE_BYTES));
                },
                "bytes of a text");
        refused(out -> section(out, 0, 1).writeVarInt(10), "bytes left");
    }

    private static ByteWriter section(ByteWriter out, int propagator, int values) {
        out.writeVarInt(1);
        out.writeVarInt(propagator);
        out.writeVarInt(values);
        return out;
    }

    private static void refused(Consumer<ByteWriter> bytes, String why) {
        ByteWriter out = new ByteWriter();
        bytes.accept(out);
        assertThatThrownBy(() -> CarriedContext.read(new ByteReader(out.toByteArray())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }
}
