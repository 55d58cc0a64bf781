package io.flame4j.internal.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteWriterTest {

    @Test
    void writes_what_a_data_output_stream_writes() throws IOException {
        long seed = Long.getLong("flame4j.seed", 20_261_123L);
        Random random = new Random(seed);
        ByteWriter writer = new ByteWriter(random.nextInt(40));
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(expected);
        for (int i = 0; i < 20_000; i++) {
            step(random, writer, data);
        }
        assertThat(writer.size()).as("seed %d", seed).isEqualTo(expected.size());
        assertThat(writer.toByteArray()).as("seed %d", seed).isEqualTo(expected.toByteArray());
        ByteBuffer target = ByteBuffer.allocate(expected.size());
        writer.putInto(target);
        assertThat(target.array()).isEqualTo(expected.toByteArray());
        assertThat(writer.buffers().stream().mapToLong(ByteBuffer::remaining).sum())
                .isEqualTo(expected.size());
    }

    private static void step(Random random, ByteWriter writer, DataOutputStream data) throws IOException {
        switch (random.nextInt(8)) {
            case 0 -> {
                int value = random.nextInt();
                writer.writeInt(value);
                data.writeInt(value);
            }
            case 1 -> {
                long value = random.nextLong();
                writer.writeLong(value);
                data.writeLong(value);
            }
            case 2 -> {
                int value = random.nextInt();
                writer.writeShort(value);
                data.writeShort(value);
            }
            case 3 -> {
                byte[] some = bytes(random, random.nextInt(3000));
                writer.write(some, 0, some.length);
                data.write(some);
            }
            case 4 -> {
                byte[] many = bytes(random, random.nextInt(300) == 0 ? 3_000_000 : 10);
                writer.write(many, 0, many.length);
                data.write(many);
            }
            case 5 -> {
                byte[] large = bytes(random, random.nextInt(20) == 0 ? 40_000 : 10);
                writer.writeLarge(large, 0, large.length);
                data.write(large);
            }
            case 6 -> {
                ByteWriter other = new ByteWriter(8);
                byte[] large = bytes(random, random.nextInt(20) == 0 ? 40_000 : 10);
                other.writeInt(7);
                other.writeLarge(large, 0, large.length);
                other.writeInt(8);
                writer.append(other);
                data.writeInt(7);
                data.write(large);
                data.writeInt(8);
            }
            default -> {
                int value = random.nextInt();
                writer.asOutputStream().write(value);
                data.write(value);
            }
        }
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void refers_to_large_arrays_until_detached() {
        byte[] mine = new byte[ByteWriter.LARGE];
        byte[] owned = new byte[ByteWriter.LARGE];
        ByteWriter writer = new ByteWriter();
        writer.writeByte(9);
        writer.writeLarge(mine, 0, mine.length);
        writer.writeOwned(owned, 0, owned.length);
        ByteWriter outer = new ByteWriter();
        outer.append(writer);
        assertThat(outer.hasBorrowed()).isTrue();
        assertThat(outer.buffers().get(1).array()).isSameAs(mine);

        outer.detach();

        assertThat(outer.hasBorrowed()).isFalse();
        assertThat(outer.buffers().get(2).array()).as("nobody else's").isSameAs(owned);
        mine[0] = 1;
        assertThat(outer.toByteArray()[1]).isZero();
        assertThat(writer.toByteArray()[1]).as("the other still refers").isEqualTo((byte) 1);
    }

    @Test
    void copies_small_arrays_at_once() {
        byte[] mine = new byte[ByteWriter.LARGE - 1];
        ByteWriter writer = new ByteWriter();
        writer.writeLarge(mine, 0, mine.length);
        mine[0] = 1;
        assertThat(writer.hasBorrowed()).isFalse();
        assertThat(writer.toByteArray()[0]).isZero();
    }

    @Test
    void forgets_everything_when_reset() {
        ByteWriter writer = new ByteWriter();
        writer.writeLarge(new byte[ByteWriter.LARGE], 0, ByteWriter.LARGE);
        writer.writeInt(1);
        writer.reset();
        assertThat(writer.size()).isZero();
        assertThat(writer.hasBorrowed()).isFalse();
        writer.writeByte(5);
        assertThat(writer.toByteArray()).containsExactly(5);
    }

    /** The longest text that is written into the chunk itself, from the last bytes before a chunk has its full length. */
    @Test
    void there_is_room_for_a_text_wherever_a_chunk_ends() throws IOException {
        byte[] filling = new byte[1 << 20];
        for (int missing = 0; missing < 300; missing += 3) {
            int capacity = (1 << 20) - missing;
            for (int length : new int[] {64, 65, 150, 255}) {
                String text = "x".repeat(length);
                ByteWriter writer = new ByteWriter(capacity);
                writer.write(filling, 0, capacity - missing % 20);

                writer.writeLatin1(text);

                ByteReader reader = new ByteReader(writer.toByteArray());
                reader.readFully(filling, 0, capacity - missing % 20);
                assertThat(reader.readString())
                        .as("%d of a chunk of %d", length, capacity)
                        .isEqualTo(text);
                assertThat(reader.remaining()).isZero();
            }
        }
    }

    @Test
    void counts_sizes_beyond_two_gigabytes() {
        byte[] large = new byte[256 * 1024 * 1024];
        ByteWriter writer = new ByteWriter();
        for (int i = 0; i < 12; i++) {
            writer.writeLarge(large, 0, large.length);
        }
        assertThat(writer.size()).isEqualTo(12L * large.length);
    }
}
