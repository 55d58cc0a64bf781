package io.flame4j.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Frames that somebody has changed: each is read or refused with an {@link IOException}, and what that allocates is in
 * proportion to the bytes that are there, whatever they say.
 */
@Timeout(120)
class FrameFuzzTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_123L);
    private static final int ROUNDS = 280_000;
    private static final int MAX_BODY = 1 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Random random = new Random(SEED);
    private int read;
    private int refused;

    private interface Decoder {
        void decode(ByteBuffer bytes) throws IOException;
    }

    private static byte[] secret() {
        return new byte[Protocol.SECRET_LENGTH];
    }

    private byte[] mutate(byte[] good) {
        byte[] bytes = good.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : random.nextInt(Math.min(bytes.length, 32));
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= 1 << random.nextInt(8);
                case 2 -> bytes[at] = -1;
                case 3 -> {
                    for (int i = at; i < Math.min(bytes.length, at + 10); i++) {
                        bytes[i] = (byte) (i == at + 9 ? 0x7F : 0xFF);
                    }
                }
                default -> {
                    byte[] cut = new byte[1 + random.nextInt(bytes.length)];
                    System.arraycopy(bytes, 0, cut, 0, cut.length);
                    bytes = cut;
                }
            }
        }
        return bytes;
    }

    private void fuzz(List<byte[]> seeds, long base, long perByte, Decoder decoder) {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = mutate(seeds.get(random.nextInt(seeds.size())));
            long bound = base + perByte * bytes.length;
            long allocated = allocatedBy(bytes, decoder, i);
            if (allocated >= bound) {
                // The first time a class may have been loaded for it.
                allocated = allocatedBy(bytes, decoder, i);
            }
            assertThat(allocated)
                    .as("bytes for " + bytes.length + ", seed " + SEED + ", round " + i)
                    .isLessThan(bound);
        }
        assertThat(read).as("some are still good").isPositive();
        assertThat(refused).as("most are not").isGreaterThan(ROUNDS / 4);
    }

    private long allocatedBy(byte[] bytes, Decoder decoder, int round) {
        long thread = Thread.currentThread().getId();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long before = THREADS.getThreadAllocatedBytes(thread);
        try {
            decoder.decode(in);
            read++;
        } catch (IOException e) {
            refused++;
        } catch (RuntimeException | Error e) {
            fail("seed " + SEED + ", round " + round, e);
        }
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    @Test
    void hellos() {
        List<byte[]> seeds = List.of(
                new Hello.Control("thumbs-1", secret(), "0.1.0", 17, 4711)
                        .encode()
                        .array(),
                new Hello.Control("x".repeat(3_900), secret(), "0.1.0", 17, 4711)
                        .encode()
                        .array(),
                new Hello.Slot("thumbs-1", 3, 7, secret()).encode().array());
        fuzz(seeds, 65_536, 16, in -> {
            Hello hello = Hello.decode(in);
            if (hello != null) {
                assertThat(hello.toString()).isNotEmpty();
            }
        });
    }

    @Test
    void controlFrames() {
        List<byte[]> seeds = new ArrayList<>();
        for (ControlFrame frame : List.of(
                new ControlFrame.Welcome(
                        secret(),
                        4,
                        5_000,
                        30_000,
                        2_000,
                        "io.flame4j.codec.JdkCodec",
                        "",
                        List.of("com.acme.Tenant"),
                        true),
                new ControlFrame.Reject("why"),
                new ControlFrame.ParentHeartbeat(),
                new ControlFrame.OpenSlot(3),
                new ControlFrame.SlotClosed(3, 7, true, true),
                new ControlFrame.Shutdown(30_000),
                new ControlFrame.Check(1, new byte[40]),
                new ControlFrame.RunnerHeartbeat(),
                new ControlFrame.Draining("why"),
                new ControlFrame.Condemned(3, "why"),
                new ControlFrame.CheckAnswer(1, 2, "why"),
                new ControlFrame.InitFailed("x".repeat(ControlFrame.MAX_REPORT), "y".repeat(ControlFrame.MAX_TRACE)),
                new ControlFrame.Goodbye("why", java.util.Optional.empty()),
                new ControlFrame.Log(7, new byte[400]))) {
            seeds.add(frame.encode().array());
        }
        // A text that is not Latin is two bytes for each, in builders that double, before it is fit for a log.
        fuzz(seeds, 65_536, 32, in -> {
            // A frame that says it is longer than what is there is waited for, within its bound.
            ControlFrame.decode(in);
        });
    }

    /** The bodies are strings, since what reads the values has tests of its own. */
    @Test
    void slotFrames() {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : List.of("", "why", "x".repeat(20_000))) {
            ByteWriter body = new ByteWriter();
            body.writeString(text);
            byte[] bytes = body.toByteArray();
            seeds.add(ByteBuffer.allocate(16 + bytes.length)
                    .put((byte) Protocol.REFUSED)
                    .put((byte) 0)
                    .putShort((short) 0)
                    .putInt(1)
                    .putLong(bytes.length)
                    .put(bytes)
                    .array());
        }
        // The string is allocated when the frame says that it has room for it, which is bounded by the longest body.
        fuzz(seeds, 65_536 + 2 * MAX_BODY, 16, in -> {
            SlotConnection connection = new SlotConnection(new Recorded(in.array()), MAX_BODY, false);
            connection.receive();
            ByteReader body = connection.body();
            body.readString();
            body.skipRemaining();
        });
    }

    /** A peer that has said all it ever will. */
    private static final class Recorded implements ByteChannel {
        private final InputStream bytes;

        private Recorded(byte[] bytes) {
            this.bytes = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            byte[] part = new byte[Math.min(target.remaining(), Math.max(1, bytes.available()))];
            int count = bytes.read(part);
            if (count > 0) {
                target.put(part, 0, count);
            }
            return count;
        }

        @Override
        public int write(ByteBuffer source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
