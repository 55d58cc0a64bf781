package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.ResultSerializationException;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.codec.JdkCodec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter.Status;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

/** The result filter guards codecs of the user's as well. */
class OwnCodecTest {

    /** Writes the name of a class and makes an object or an array of it, as codecs of the reflective kind do. */
    private static final class ByName implements Codec {

        private final boolean forgiving;

        ByName(boolean forgiving) {
            this.forgiving = forgiving;
        }

        @Override
        public void encode(Object value, OutputStream out) throws IOException {
            DataOutputStream data = new DataOutputStream(out);
            Class<?> type = value.getClass();
            data.writeUTF((type.isArray() ? type.getComponentType() : type).getName());
            data.writeInt(type.isArray() ? Array.getLength(value) : -1);
        }

        @Override
        public Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
            DataInputStream data = new DataInputStream(in);
            try {
                Class<?> type = context.loadClass(data.readUTF());
                int length = data.readInt();
                if (length < 0) {
                    return type.getDeclaredConstructor().newInstance();
                }
                context.checkArray(type.arrayType(), length);
                return Array.newInstance(type, length);
            } catch (InvalidClassException e) {
                if (forgiving) {
                    return "nothing";
                }
                throw e;
            } catch (ReflectiveOperationException e) {
                throw new IOException(e);
            }
        }
    }

    static final class Order {}

    private static Object trip(Codec codec, Object value, ResultPolicy policy) throws IOException {
        ByteWriter out = new ByteWriter();
        new ValueEncoder(codec).encodeResult(value, out);
        return new ValueDecoder(codec, OwnCodecTest.class.getClassLoader(), policy)
                .decode(new ByteReader(out.toByteArray()));
    }

    private static ResultPolicy allowing(String... patterns) {
        List<ClassPattern> parsed =
                List.of(patterns).stream().map(ClassPattern::parse).toList();
        return new ResultPolicy(new ClassRules(true, parsed), new ResultLimits(100, 1_000, 100, 1_000));
    }

    @Test
    void oursRefusesAnImpossibleLengthInAnyStream() {
        DecodeContext all = new DecodeContext(OwnCodecTest.class.getClassLoader(), info -> Status.UNDECIDED);
        byte[] oneArrayOfLessThanNothing = {0, 0, 0, 1, -1, -1, -1, -1};
        assertThatThrownBy(() -> new JdkCodec().decode(new ByteArrayInputStream(oneArrayOfLessThanNothing), all))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("-1 bytes");
    }

    @Test
    void itsClassesAreAskedFor() throws IOException {
        ResultPolicy ours = allowing(Order.class.getName());
        assertThat(trip(new ByName(false), new Order(), ours)).isInstanceOf(Order.class);
        assertThat(trip(new ByName(false), new Order[100], ours)).isEqualTo(new Order[100]);
        assertThat(trip(new ByName(false), new ArrayList<>(), ours)).isEqualTo(new ArrayList<>());
        assertThatThrownBy(() -> trip(new ByName(false), new Order(), allowing()))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("class " + Order.class.getName())
                .hasMessageContaining("ResultFilter.allowing(");
        assertThatThrownBy(() -> trip(new ByName(false), new Order[101], ours))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("an array of 101 elements")
                .hasMessageContaining("maxArrayLength(100)");
    }

    @Test
    void aRefusalCountsThoughItGoesOn() {
        assertThatThrownBy(() -> trip(new ByName(true), new Order(), allowing()))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("class " + Order.class.getName());
    }

    /** The bound on what a message can hold must not take a compressed one for a lie. */
    private static final class Compressing implements Codec {

        private final Codec jdk = new JdkCodec();

        @Override
        public void encode(Object value, OutputStream out) throws IOException {
            try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
                jdk.encode(value, deflater);
            }
        }

        @Override
        public Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
            return jdk.decode(new InflaterInputStream(in), context);
        }
    }

    @Test
    void oneThatCompressesIsNoLiar() throws IOException {
        List<Object> tables = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            tables.add(new HashMap<>(Map.of("key", "value")));
        }
        tables.add(new int[500_000]);
        tables.add(new byte[500_000]);
        tables.add(new ArrayList<>(Collections.nCopies(100_000, "x")));
        List<?> read = (List<?>) trip(new Compressing(), tables, ResultPolicy.STANDARD);
        assertThat(read.subList(0, 5_000)).isEqualTo(tables.subList(0, 5_000));
        assertThat((int[]) read.get(5_000)).hasSize(500_000);
    }
}
