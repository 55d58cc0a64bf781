package io.flame4j.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a plain connection costs: each read and write of its channel is a system call. */
class SlotConnectionTest {

    /** One end of a connection in memory, which gives at once what was written at once, as a socket of this machine. */
    private static final class Counting implements ByteChannel {

        private final Deque<ByteBuffer> in;
        private final Deque<ByteBuffer> out;
        int reads;
        int writes;

        Counting(Deque<ByteBuffer> in, Deque<ByteBuffer> out) {
            this.in = in;
            this.out = out;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            reads++;
            ByteBuffer next = in.peek();
            if (next == null) {
                throw new IOException("a read that would have to wait");
            }
            int count = Math.min(next.remaining(), target.remaining());
            target.put(next.slice(next.position(), count));
            next.position(next.position() + count);
            if (!next.hasRemaining()) {
                in.remove();
            }
            return count;
        }

        @Override
        public int write(ByteBuffer source) {
            writes++;
            int count = source.remaining();
            out.add(ByteBuffer.allocate(count).put(source).flip());
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private final Deque<ByteBuffer> up = new ArrayDeque<>();
    private final Deque<ByteBuffer> down = new ArrayDeque<>();
    private final Counting parentEnd = new Counting(down, up);
    private final Counting runnerEnd = new Counting(up, down);
    private final SlotConnection parent = new SlotConnection(parentEnd, 1 << 20, false);
    private final SlotConnection runner = new SlotConnection(runnerEnd, 1 << 20, true);

    private static ByteWriter body(byte[] content) {
        ByteWriter body = new ByteWriter();
        body.write(content, 0, content.length);
        return body;
    }

    private static void expect(SlotConnection connection, int type, int sequence, byte[] content) throws IOException {
        connection.receive();
        assertThat(connection.type()).isEqualTo(type);
        assertThat(connection.sequence()).isEqualTo(sequence);
        assertThat(connection.body().readBytes((int) connection.body().remaining()))
                .isEqualTo(content);
    }

    @Test
    void a_small_call_is_one_write_and_one_read_at_each_end() throws IOException {
        Random random = new Random(20_261_127);
        for (int call = 1; call <= 200; call++) {
            // With the header it fills the buffer at most.
            byte[] task = new byte[call == 200 ? 8 * 1024 - 16 : random.nextInt(4_000)];
            byte[] result = new byte[call == 199 ? 8 * 1024 - 16 : random.nextInt(4_000)];
            random.nextBytes(task);
            random.nextBytes(result);

            parent.send(Protocol.CALL, 0, call, body(task));
            expect(runner, Protocol.CALL, call, task);
            runner.send(Protocol.RESULT, 0, call, body(result));
            expect(parent, Protocol.RESULT, call, result);

            for (Counting end : new Counting[] {parentEnd, runnerEnd}) {
                assertThat(end.writes).as("writes of %d calls", call).isEqualTo(call);
                assertThat(end.reads).as("reads of %d calls", call).isEqualTo(call);
            }
        }
    }
}
