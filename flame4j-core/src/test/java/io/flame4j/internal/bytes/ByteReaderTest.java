package io.flame4j.internal.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteReaderTest {

    /** A channel that gives as few bytes as it likes, as a socket does. */
    private static ByteReader reader(byte[] bytes, int bufferSize, Random random) {
        ReadableByteChannel all = Channels.newChannel(new ByteArrayInputStream(bytes));
        ReadableByteChannel slow = new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) throws IOException {
                int limit = target.limit();
                target.limit(target.position() + Math.min(target.remaining(), 1 + random.nextInt(5000)));
                try {
                    return all.read(target);
                } finally {
                    target.limit(limit);
                }
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        return new ByteReader(ByteBuffer.allocate(bufferSize).flip(), slow, random.nextBoolean());
    }

    @Test
    void what_is_long_grows_and_comes_whole() throws IOException {
        Random random = new Random(20_261_126);
        for (int length : new int[] {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (8 << 20) + 3, 80 << 20}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            ByteReader reader = reader(bytes, 4096, random);
            reader.limit(length);
            assertThat(reader.readBytes(length)).isEqualTo(bytes);
            assertThat(reader.remaining()).isZero();
        }
    }

    @Test
    void only_one_who_is_believed_has_much_set_aside() {
        ByteReader stranger = new ByteReader(ByteBuffer.allocate(16), null, false);
        ByteReader friend = new ByteReader(ByteBuffer.allocate(16), null, true);

        assertThat(stranger.beforeSeeing(1_000, 8)).isEqualTo(1_000);
        assertThat(stranger.beforeSeeing(64 << 20, 1)).isEqualTo(1 << 20);
        assertThat(stranger.beforeSeeing(64 << 20, 8)).isEqualTo(1 << 17);
        assertThat(friend.beforeSeeing(64 << 20, 1)).isEqualTo(64 << 20);
        assertThat(friend.beforeSeeing(Integer.MAX_VALUE - 8, 1))
                .as("may be damage")
                .isEqualTo(1 << 20);
        assertThat(friend.beforeSeeing(64 << 20, 8)).isEqualTo(1 << 17);
    }

    /** How long the array is that holds what has arrived of a value, from one step to the next. */
    private static List<Integer> steps(int length) {
        ByteReader stranger = new ByteReader(ByteBuffer.allocate(16), null, false);
        List<Integer> steps = new ArrayList<>(List.of(stranger.beforeSeeing(length, 1)));
        for (int last = steps.get(0); last < length; last = steps.get(steps.size() - 1)) {
            steps.add(ByteReader.afterSeeing(last, length, 1));
        }
        return steps;
    }

    /** While an array is copied into the next, there are both. */
    @ParameterizedTest
    @ValueSource(ints = {1 << 30, (1 << 30) + 100, Integer.MAX_VALUE - 8})
    void a_large_value_takes_a_tenth_more_than_its_size_at_most(int length) {
        List<Integer> steps = steps(length);

        long peak = 0;
        for (int i = 1; i < steps.size(); i++) {
            peak = Math.max(peak, (long) steps.get(i - 1) + steps.get(i));
        }

        assertThat(steps.get(steps.size() - 1)).isEqualTo(length);
        assertThat(peak).isBetween((long) length, length + length / 10L);
    }

    /** Ties what is read to the steps of the test before, at a size of which there may be two in the heap of the tests. */
    @Test
    void reading_allocates_an_array_for_each_step_and_no_more() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int length = (96 << 20) + 5;
        ByteReader reader = new ByteReader(ByteBuffer.allocateDirect(8192).flip(), new Endless(), false);
        reader.limit(length);
        long expected = steps(length).stream().mapToLong(each -> each).sum();

        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        byte[] read = reader.readBytes(length);
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

        assertThat(read).hasSize(length).endsWith(1, 1, 1);
        assertThat(allocated).isBetween(expected, expected + (1 << 20));
    }

    /** Gives ones for ever. */
    private static final class Endless implements ReadableByteChannel {

        private final byte[] ones = new byte[256 * 1024];

        Endless() {
            Arrays.fill(ones, (byte) 1);
        }

        @Override
        public int read(ByteBuffer target) {
            int count = Math.min(target.remaining(), ones.length);
            target.put(ones, 0, count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void an_error_in_the_midst_of_reading_is_not_forgotten() throws IOException {
        ReadableByteChannel shallow = new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) {
                throw new StackOverflowError();
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        ByteReader reader = new ByteReader(ByteBuffer.allocate(16).put((byte) 7).flip(), shallow, false);
        reader.limit(10);
        assertThat(reader.readByte()).isEqualTo(7);
        assertThat(reader.isTorn()).isFalse();
        assertThatThrownBy(() -> reader.readFully(new byte[4], 0, 4)).isInstanceOf(StackOverflowError.class);
        assertThat(reader.isTorn()).isTrue();
        assertThatThrownBy(reader::readByte).isInstanceOf(IOException.class);
        assertThatThrownBy(reader::skipRemaining)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the end of the frame is lost");
    }

    @Test
    void a_frame_that_is_too_short_is_malformed_and_no_more() throws IOException {
        ByteReader reader = new ByteReader(new byte[] {1, 2, 3});
        assertThatThrownBy(() -> reader.readFully(new byte[4], 0, 4)).isInstanceOf(EOFException.class);
        assertThat(reader.isTorn()).isFalse();
        reader.skipRemaining();
        assertThat(reader.remaining()).isZero();
    }

    @Test
    void reads_back_what_was_written_through_any_buffer() throws IOException {
        long seed = Long.getLong("flame4j.seed", 20_261_123L);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] block = new byte[random.nextInt(20_000)];
            random.nextBytes(block);
            long[] numbers = random.longs(20).map(n -> n >> random.nextInt(64)).toArray();
            ByteWriter out = new ByteWriter();
            for (long number : numbers) {
                out.writeVarLong(number);
                out.writeLong(number);
                out.writeInt((int) number);
                out.writeShort((int) number);
                out.writeVarInt((int) number);
                out.writeBoolean(number < 0);
            }
            out.writeString("grüße \uD83D\uDE00");
            out.writeVarInt(block.length);
            out.write(block, 0, block.length);
            byte[] frame = out.toByteArray();
            out.writeInt(42);
            ByteReader in = reader(out.toByteArray(), 16 + random.nextInt(300), random);
            in.limit(frame.length);
            for (long number : numbers) {
                assertThat(in.readVarLong()).as("seed %d", seed).isEqualTo(number);
                assertThat(in.readLong()).isEqualTo(number);
                assertThat(in.readInt()).isEqualTo((int) number);
                assertThat(in.readUnsignedShort()).isEqualTo((int) number & 0xFFFF);
                assertThat(in.readVarInt()).isEqualTo((int) number);
                assertThat(in.readBoolean()).isEqualTo(number < 0);
            }
            assertThat(in.readString()).isEqualTo("grüße \uD83D\uDE00");
            byte[] read = new byte[in.readLength(1)];
            if (random.nextBoolean()) {
                in.readFully(read, 0, read.length);
                assertThat(in.asInputStream().read()).as("the frame ends").isEqualTo(-1);
            } else {
                read = in.asInputStream().readAllBytes();
            }
            assertThat(read).isEqualTo(block);
            in.limit(4);
            assertThat(in.readInt()).as("the next frame").isEqualTo(42);
        }
    }

    @Test
    void skips_to_the_next_frame() throws IOException {
        byte[] two = new byte[10_004];
        two[10_003] = 7;
        ByteReader in = reader(two, 64, new Random(1));
        in.limit(10_000);
        in.readInt();
        in.skipRemaining();
        assertThat(in.remaining()).isZero();
        in.limit(4);
        assertThat(in.readInt()).isEqualTo(7);
    }

    @Test
    void never_reads_beyond_the_frame() throws IOException {
        ByteReader in = new ByteReader(new byte[100]);
        in.limit(3);
        assertThatThrownBy(in::readInt).isInstanceOf(EOFException.class).hasMessageContaining("malformed frame");
        in.limit(3);
        assertThatThrownBy(() -> in.readFully(new byte[4], 0, 4)).isInstanceOf(EOFException.class);
        assertThat(in.broken()).as("the connection is good").isNull();
    }

    @Test
    void believes_no_length_that_the_frame_cannot_hold() {
        ByteWriter out = new ByteWriter();
        out.writeVarLong(26);
        out.write(new byte[100], 0, 100);
        assertThatThrownBy(() -> new ByteReader(out.toByteArray()).readLength(4))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("malformed length: 26 units of 4 bytes, but the frame has 100 bytes left");
        ByteWriter negative = new ByteWriter();
        negative.writeVarLong(-1);
        assertThatThrownBy(() -> new ByteReader(negative.toByteArray()).readLength(1))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refuses_numbers_that_are_too_long() {
        byte[] endless = new byte[20];
        Arrays.fill(endless, (byte) 0x80);
        assertThatThrownBy(() -> new ByteReader(endless).readVarLong())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer than 10 bytes");
        ByteWriter wide = new ByteWriter();
        wide.writeVarLong(1L << 32);
        assertThatThrownBy(() -> new ByteReader(wide.toByteArray()).readVarInt())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not fit 32 bits");
    }

    @Test
    void remembers_that_the_connection_broke() {
        ByteReader in = reader(new byte[3], 16, new Random(1));
        in.limit(4);
        assertThatThrownBy(in::readInt).isInstanceOf(EOFException.class).hasMessageContaining("closed by the other");
        assertThat(in.broken()).isInstanceOf(EOFException.class);
    }
}
