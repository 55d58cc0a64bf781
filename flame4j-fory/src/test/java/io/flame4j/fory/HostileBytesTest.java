package io.flame4j.fory;

import static io.flame4j.fory.ForyCodecTest.CONTEXT;
import static io.flame4j.fory.ForyCodecTest.decode;
import static io.flame4j.fory.ForyCodecTest.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.flame4j.CodeMismatchException;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.codec.JdkCodec;
import io.flame4j.fory.Shop.AppCodec;
import io.flame4j.fory.Shop.Gadget;
import io.flame4j.fory.Shop.Item;
import io.flame4j.fory.Shop.Order;
import io.flame4j.fory.Shop.SmallCodec;
import io.flame4j.fory.Shop.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.apache.fory.Fory;
import org.junit.jupiter.api.Test;

/** What no honest codec wrote: on a parent Fory never sees it, on a runner it makes nothing that was not named. */
class HostileBytesTest {

    static final int HEAD = 12;
    private static final long SEED = Long.getLong("flame4j.seed", 20_261_127L);

    private final Codec codec = new AppCodec();

    /** As the codec writes it, but for the body. */
    private byte[] message(byte[] body) throws Exception {
        byte[] honest = encode(codec, new Item(1, "a", 2));
        return withChecksum(ByteBuffer.allocate(HEAD + body.length)
                .put(honest, 0, HEAD)
                .put(body)
                .array());
    }

    /** The same with the right checksum for its body. */
    static byte[] withChecksum(byte[] message) {
        CRC32C sum = new CRC32C();
        sum.update(message, HEAD, message.length - HEAD);
        return ByteBuffer.wrap(message.clone())
                .putInt(HEAD - 4, (int) sum.getValue())
                .array();
    }

    private static byte[] unrestricted(Object value) {
        return Fory.builder()
                .requireClassRegistration(false)
                .withRefTracking(true)
                .withCodegen(false)
                .build()
                .serialize(value);
    }

    @Test
    void whatRunnersSendIsNeverReadByFory() throws Exception {
        Codec results = codec.resultCodec();
        assertThat(results).isExactlyInstanceOf(JdkCodec.class);
        byte[] fory = encode(codec, List.of(new Item(1, "a", 2)));
        assertThatThrownBy(() -> results.decode(new ByteArrayInputStream(fory), CONTEXT))
                .isInstanceOf(IOException.class);
    }

    @Test
    void nothingIsReadOfWhatIsNotFromTheParent() {
        InputStream untouched = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("was read");
            }
        };
        DecodeContext parents = new DecodeContext(CONTEXT.classLoader(), CONTEXT.filter());
        assertThatThrownBy(() -> codec.decode(untouched, parents))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was asked to read what is not a task")
                .hasMessageContaining("resultCodec()")
                .hasMessageContaining("DecodeContext");
    }

    @Test
    void aClassThatIsNotNamedIsNotTouched() throws Exception {
        byte[] bodies = unrestricted(new Gadget());
        byte[] inList = unrestricted(List.of("a", new Gadget()));
        byte[] inArray = unrestricted(new Gadget[] {new Gadget()});
        Gadget.TOUCHED.set(0);
        for (byte[] body : List.of(bodies, inList, inArray)) {
            assertThatThrownBy(() -> decode(codec, message(body)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("AppCodec cannot read the value");
        }
        assertThat(Gadget.TOUCHED).hasValue(0);
    }

    @Test
    void lambdasAreNotMade() throws Exception {
        Supplier<String> lambda = (Supplier<String> & Serializable) () -> "x";
        byte[] body = unrestricted(new Object[] {lambda});
        assertThatThrownBy(() -> decode(codec, message(body))).isInstanceOf(IOException.class);
    }

    @Test
    void otherClassesOrAnotherOrderAreFoundOut() throws Exception {
        byte[] bytes = encode(new SmallCodec(), new Item(1, "a", 2));
        assertThatThrownBy(() -> decode(codec, bytes))
                .isInstanceOf(CodeMismatchException.class)
                .hasMessageContaining("another codec than the " + AppCodec.class.getName())
                .hasMessageContaining("Shop$Basket")
                .hasMessageContaining("same build");
        Codec other = new ForyCodec(Order.class, Item.class) {};
        assertThatThrownBy(() -> decode(other, bytes)).isInstanceOf(CodeMismatchException.class);
    }

    /** Most would be more than Fory can take; the checksum keeps them from it. */
    @Test
    void damagedBytesEndInAnIOException() throws Exception {
        Random random = new Random(SEED);
        byte[] honest = encode(
                codec,
                new Order("ada", Status.DONE, List.of(new Item(1, "x", 2), new Item(2, "y", 3)), Map.of("x", 1)));
        decode(codec, honest);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = damage(honest, random, i % 4);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                decode(codec, bytes);
                assertThat(bytes).as("seed %d, round %d", SEED, i).isEqualTo(honest);
            } catch (IOException | CodeMismatchException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("seed %d, round %d", SEED, i)
                    .isLessThan(4 << 20);
        }
    }

    private static byte[] damage(byte[] honest, Random random, int how) {
        byte[] bytes = honest.clone();
        switch (how) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> {
                byte[] noise = new byte[bytes.length - HEAD];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, HEAD, noise.length);
            }
            default -> {
                bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
            }
        }
        return bytes;
    }

    /**
     * One reason why results go by JDK serialization (docs/adr/0016): Fory makes arrays as long as a message claims,
     * whether the bytes are there or not. When this fails, Fory has changed, and the decision may be looked at again.
     */
    @Test
    void foryBelievesWhatAMessageClaims() {
        Fory fory = Fory.builder().withRefTracking(true).withCodegen(false).build();
        byte[] honest = fory.serialize(new byte[] {7});
        // The length is the last but one: 2^26 as a number of variable length in its place.
        assertThat(honest).endsWith(1, 7);
        byte[] claims = Arrays.copyOf(honest, honest.length + 2);
        System.arraycopy(new byte[] {-128, -128, -128, 32}, 0, claims, honest.length - 2, 4);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(fory.deserialize(claims)).isInstanceOf(byte[].class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isGreaterThan(32 << 20);
    }
}
