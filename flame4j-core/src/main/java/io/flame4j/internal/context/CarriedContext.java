package io.flame4j.internal.context;

import static io.flame4j.context.OutgoingCall.MAX_BYTES;
import static io.flame4j.context.OutgoingCall.MAX_KEY_BYTES;
import static io.flame4j.context.OutgoingCall.MAX_VALUES;
import static io.flame4j.context.OutgoingCall.MAX_VALUE_BYTES;

import io.flame4j.internal.bytes.ByteReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The context of a call as it came over the wire; docs/PROTOCOL.md, context. */
public final class CarriedContext {

    /** Most propagators of a pool, and so most sections of a context. */
    public static final int MAX_PROPAGATORS = 16;

    private CarriedContext() {}

    /**
     * What one propagator captured.
     *
     * @param propagator its place in the pool's list
     * @param values what it captured; unmodifiable
     */
    public record Section(int propagator, Map<String, String> values) {}

    /** Reads a context. No length is believed beyond the bounds of one that a parent makes. */
    public static List<Section> read(ByteReader in) throws IOException {
        int count = bounded(in.readVarLong(), MAX_PROPAGATORS, "sections");
        List<Section> sections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int propagator = bounded(in.readVarLong(), MAX_PROPAGATORS, "as the place of a propagator");
            sections.add(new Section(propagator, readValues(in)));
        }
        return sections;
    }

    private static Map<String, String> readValues(ByteReader in) throws IOException {
        int count = bounded(in.readVarLong(), MAX_VALUES, "values");
        Map<String, String> values = new LinkedHashMap<>();
        int rest = MAX_BYTES;
        for (int i = 0; i < count; i++) {
            byte[] key = readText(in, Math.min(rest, MAX_KEY_BYTES));
            rest -= key.length;
            byte[] value = readText(in, Math.min(rest, MAX_VALUE_BYTES));
            rest -= value.length;
            values.put(new String(key, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8));
        }
        return Collections.unmodifiableMap(values);
    }

    private static byte[] readText(ByteReader in, int most) throws IOException {
        return in.readBytes(bounded(in.readVarLong(), most, "bytes of a text"));
    }

    private static int bounded(long number, int most, String what) throws IOException {
        if (number < 0 || number > most) {
            throw new IOException("malformed context: " + Long.toUnsignedString(number) + " " + what + ", but at most "
                    + most + " may come");
        }
        return (int) number;
    }
}
