package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.FlamePool;
import io.flame4j.RemoteFunction;
import io.flame4j.ResultSerializationException;
import io.flame4j.TaskSerializationException;
import io.flame4j.backend.LocalBackend;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.codec.JdkCodec;
import io.flame4j.codec.NotEncodableException;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A codec may leave results to another one, and say what to do about what it cannot encode. */
class ResultCodecTest {

    /** For arguments alone; counts what it is asked for. */
    public static final class ArgumentsOnly implements Codec {

        static final AtomicInteger ENCODED = new AtomicInteger();
        static final AtomicInteger DECODED = new AtomicInteger();

        private final Codec jdk = new JdkCodec();

        public ArgumentsOnly() {}

        @Override
        public void encode(Object value, OutputStream out) throws IOException {
            ENCODED.incrementAndGet();
            jdk.encode(value, out);
        }

        @Override
        public Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
            DECODED.incrementAndGet();
            return jdk.decode(in, context);
        }

        @Override
        public Codec resultCodec() {
            return jdk;
        }
    }

    /** Knows no orders. */
    public static final class Strict implements Codec {

        public Strict() {}

        @Override
        public void encode(Object value, OutputStream out) throws IOException {
            throw new NotEncodableException(Order.class.getName(), "register it in Strict.");
        }

        @Override
        public Object decode(InputStream in, DecodeContext context) throws IOException {
            throw new IOException("nothing to read");
        }
    }

    /** Leaves results to nobody. */
    public static final class Forgetful implements Codec {

        public Forgetful() {}

        @Override
        public void encode(Object value, OutputStream out) {}

        @Override
        public Object decode(InputStream in, DecodeContext context) {
            return "";
        }

        @Override
        @SuppressWarnings("NullAway")
        public Codec resultCodec() {
            return null;
        }
    }

    /** Gives another one each time, and none the second time. */
    public static final class Fickle implements Codec {

        private final Codec jdk = new JdkCodec();
        private final AtomicInteger asked = new AtomicInteger();

        public Fickle() {}

        @Override
        public void encode(Object value, OutputStream out) throws IOException {
            jdk.encode(value, out);
        }

        @Override
        public Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
            return jdk.decode(in, context);
        }

        @Override
        @SuppressWarnings("NullAway")
        public Codec resultCodec() {
            return asked.getAndIncrement() == 0 ? jdk : null;
        }
    }

    /** Notes who was said to have written what it reads. */
    public static final class Asking implements Codec {

        static final List<Boolean> FROM_PARENT = new CopyOnWriteArrayList<>();

        private final Codec jdk = new JdkCodec();

        public Asking() {}

        @Override
        public void encode(Object value, OutputStream out) throws IOException {
            jdk.encode(value, out);
        }

        @Override
        public Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
            FROM_PARENT.add(context.fromParent());
            return jdk.decode(in, context);
        }
    }

    record Order(String customer) implements Serializable {}

    @Test
    void resultsGoByTheOther() throws Exception {
        try (FlamePool pool = FlamePool.builder("result-codec")
                .backend(LocalBackend.create())
                .codec(new ArgumentsOnly())
                .build()) {
            ArgumentsOnly.ENCODED.set(0);
            ArgumentsOnly.DECODED.set(0);
            Order order = new Order("ada");
            Order back = pool.call(() -> new Order(order.customer() + "!"));
            assertThat(back).isEqualTo(new Order("ada!"));
            assertThat(ArgumentsOnly.ENCODED).hasValue(1);
            assertThat(ArgumentsOnly.DECODED).hasValue(1);
        }
    }

    @Test
    void aCodecSaysWhatToDo() {
        List<Object> orders = List.of("none", new Order("ada"));
        RemoteFunction<String, Object, RuntimeException> task = customer -> orders;
        assertThatThrownBy(() -> new TaskEncoder(new Strict()).encode(task, "ada"))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("which the pool's codec cannot encode")
                .hasMessageContaining("[1]")
                .hasMessageEndingWith("Cure: register it in Strict.")
                .hasCauseInstanceOf(NotEncodableException.class);
        assertThatThrownBy(() -> new ValueEncoder(new Strict()).encodeResult(orders, new ByteWriter()))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("ResultCodecTest$Order")
                .hasMessageEndingWith("Cure: register it in Strict.");
    }

    @Test
    void theOneThatWasCheckedIsTheOneThatIsUsed() throws Exception {
        Fickle codec = new Fickle();
        try (FlamePool pool = FlamePool.builder("result-codec")
                .backend(LocalBackend.create())
                .codec(codec)
                .build()) {
            Order order = new Order("ada");
            assertThat(pool.call(() -> order)).isEqualTo(order);
            assertThat(codec.asked).hasValue(1);
        }
    }

    @Test
    void aCodecIsToldWhomTheBytesAreFrom() throws Exception {
        try (FlamePool pool = FlamePool.builder("result-codec")
                .backend(LocalBackend.create())
                .codec(new Asking())
                .build()) {
            Asking.FROM_PARENT.clear();
            Order order = new Order("ada");
            assertThat(pool.call(() -> order)).isEqualTo(order);
            assertThat(Asking.FROM_PARENT).containsExactly(true, false);
        }
    }

    @Test
    void noneIsRefusedAtOnce() {
        assertThatThrownBy(() -> FlamePool.builder("result-codec").codec(new Forgetful()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("resultCodec()");
    }
}
