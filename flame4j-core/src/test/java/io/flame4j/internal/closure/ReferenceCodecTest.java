package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ReferenceCodecTest {

    private final ReferenceCodec codec = new ReferenceCodec();
    private final DecodeContext context =
            new DecodeContext(ReferenceCodecTest.class.getClassLoader(), info -> ObjectInputFilter.Status.UNDECIDED);

    private Object decode(ByteWriter written) throws IOException {
        return codec.decode(new ByteReader(written.toByteArray()).asInputStream(), context);
    }

    @Test
    void givesTheSameObjectAsOftenAsItIsAsked() throws IOException {
        Object value = new Object();
        ByteWriter inner = new ByteWriter();
        codec.encode(value, inner.asOutputStream());
        ByteWriter out = new ByteWriter();
        out.append(inner);
        assertThat(decode(out)).isSameAs(value);
        assertThat(decode(out)).isSameAs(value);
        assertThat(out.isKeeping()).isTrue();
        out.reset();
        assertThat(out.isKeeping()).isFalse();
    }

    @Test
    void forgetsWhatNoMessageHoldsAnyMore() throws IOException {
        int before = ReferenceCodec.size();
        List<ByteWriter> messages = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ByteWriter out = new ByteWriter();
            codec.encode(new Object(), out.asOutputStream());
            messages.add(out);
        }
        byte[] number = messages.get(0).toByteArray();
        assertThat(ReferenceCodec.size()).isGreaterThanOrEqualTo(1_000);
        messages.clear();
        Awaitility.await().until(() -> {
            System.gc();
            return ReferenceCodec.size() <= before;
        });
        assertThatThrownBy(() -> codec.decode(new ByteReader(number).asInputStream(), context))
                .isInstanceOf(IOException.class);
    }

    @Test
    void referencesDoNotLeaveTheJvm() {
        assertThatThrownBy(() -> codec.encode(new Object(), new ByteArrayOutputStream()))
                .isInstanceOf(IOException.class);
    }
}
