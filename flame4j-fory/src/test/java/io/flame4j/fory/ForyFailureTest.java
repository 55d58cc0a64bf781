package io.flame4j.fory;

import static io.flame4j.fory.ForyCodecTest.decode;
import static io.flame4j.fory.ForyCodecTest.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.codec.Codec;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.fory.exception.DeserializationException;
import org.junit.jupiter.api.Test;

/** What becomes of exceptions in the midst of Fory. */
class ForyFailureTest {

    private static final AtomicBoolean FAILS = new AtomicBoolean();

    /** Throws what it does not declare. */
    record Sly(String text) {
        Sly {
            if (FAILS.get()) {
                ForyFailureTest.<RuntimeException>undeclared(new TimeoutException("no time"));
            }
        }
    }

    /** The same as it is written, by a method that Fory calls directly. */
    public static final class SlyWriter implements Externalizable {
        private static final long serialVersionUID = 1L;

        public SlyWriter() {}

        @Override
        public void writeExternal(ObjectOutput out) {
            ForyFailureTest.<RuntimeException>undeclared(new TimeoutException("no time"));
        }

        @Override
        public void readExternal(ObjectInput in) {}
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> void undeclared(Exception e) throws E {
        throw (E) e;
    }

    @Test
    void undeclaredExceptionsDoNotEscape() throws Exception {
        Codec codec = new ForyCodec(Sly.class, SlyWriter.class) {};
        byte[] bytes = encode(codec, List.of(new Sly("a")));
        FAILS.set(true);
        try {
            assertThatThrownBy(() -> decode(codec, bytes))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot read the value: ")
                    .hasStackTraceContaining("no time");
        } finally {
            FAILS.set(false);
        }
        assertThatThrownBy(() -> encode(codec, new SlyWriter()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write a ")
                .hasStackTraceContaining("no time");
    }

    @Test
    void exceptionsOfForyAreTakenOffWhereverTheyAre() {
        Exception real = new IllegalArgumentException("real");
        Exception forys = new DeserializationException(List.of("what was read"), real);
        assertThat(Fories.bare(forys)).isSameAs(real);
        assertThat(Fories.bare(new IllegalStateException(forys))).isSameAs(real);
        assertThat(Fories.bare(new DeserializationException(List.of("x"), new IllegalStateException(forys))))
                .isSameAs(real);
        Exception circle = new IllegalStateException();
        circle.initCause(new IllegalStateException(circle));
        assertThat(Fories.bare(circle)).isSameAs(circle);
    }
}
