package io.flame4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.testkit.LinkFault.Direction;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How large the pieces are that a flow writes, which a socket does not show. */
@Timeout(60)
class LinkFlowTest {

    private static final LinkFlow.Ends NOTHING = new LinkFlow.Ends() {
        @Override
        public void cut() {}

        @Override
        public void reset() {}
    };

    private final List<Integer> written = new CopyOnWriteArrayList<>();
    private final LinkFlow flow = new LinkFlow(Direction.TO_PARENT, NOTHING);

    /** What the other end does as soon as something comes. */
    private Runnable receiver = () -> {};

    /** Sends messages of these sizes with so much time between them, to the end. */
    private void run(Duration between, int... sizes) throws Exception {
        run(sent -> Awaitility.await().pollDelay(between).until(() -> true), sizes);
    }

    /** Sends messages of these sizes, to the end; waits after each as is said, given how many they are by then. */
    private void run(IntConsumer between, int... sizes) throws Exception {
        Pipe pipe = Pipe.open();
        WritableByteChannel sink = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer bytes) {
                int count = bytes.remaining();
                bytes.position(bytes.limit());
                written.add(count);
                receiver.run();
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        Thread reader = new Thread(() -> flow.read(pipe.source(), bytes -> {}));
        Thread writer = new Thread(() -> flow.pass(sink));
        reader.start();
        writer.start();
        for (int i = 0; i < sizes.length; i++) {
            pipe.sink().write(ByteBuffer.allocate(sizes[i]));
            between.accept(i + 1);
        }
        pipe.sink().close();
        writer.join();
        reader.join();
        pipe.source().close();
    }

    @Test
    void segmentsAreSplit() throws Exception {
        flow.inject(LinkFault.split(4));
        run(Duration.ofMillis(1), 10);
        assertThat(written).containsExactly(4, 4, 2);
    }

    @Test
    void segmentsAreJoined() throws Exception {
        flow.inject(LinkFault.join(Duration.ofSeconds(30)));
        run(Duration.ofMillis(5), 10, 20, 30);
        assertThat(written).containsExactly(60);
    }

    @Test
    void whatComesLaterIsNotJoined() throws Exception {
        flow.inject(LinkFault.join(Duration.ofMillis(1)));
        // What comes sooner may be read with what was there, on a busy machine.
        run(sent -> Awaitility.await().until(() -> written.size() >= sent), 10, 20);
        assertThat(written).containsExactly(10, 20);
    }

    @Test
    void aFaultIsThereBeforeWhatIsInFrontOfItIsReceived() throws Exception {
        flow.inject(LinkFault.silence().afterBytes(3));
        receiver = flow::heal;
        run(Duration.ofMillis(1), 10);
        assertThat(written).containsExactly(3, 7);

        written.clear();
        flow.inject(LinkFault.split(1).afterBytes(3));
        run(Duration.ofMillis(1), 10);
        assertThat(written).containsExactly(3, 7);
    }

    @Test
    void aFaultForTheOtherDirectionIsNone() throws Exception {
        flow.inject(LinkFault.split(4).towards(Direction.TO_RUNNER));
        run(Duration.ofMillis(1), 10);
        assertThat(written).containsExactly(10);
    }
}
