package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakeTasksTest {

    @Test
    void what_is_left_of_those_that_were_dropped_is_not_done() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        List<String> ran = new CopyOnWriteArrayList<>();
        Pipe[] pipes = {Pipe.open(), Pipe.open(), Pipe.open()};
        try (Selector selector = Selector.open();
                HandshakeTasks tasks = new HandshakeTasks("handshakes-under-test")) {
            SelectionKey[] keys = new SelectionKey[pipes.length];
            for (int i = 0; i < pipes.length; i++) {
                pipes[i].source().configureBlocking(false);
                keys[i] = pipes[i].source().register(selector, SelectionKey.OP_READ);
            }
            tasks.run(
                    () -> {
                        begun.countDown();
                        await(goOn);
                        ran.add("slow");
                    },
                    keys[0]);
            await(begun);
            tasks.run(() -> ran.add("dropped"), keys[1]);
            tasks.run(
                    () -> {
                        ran.add("patient");
                        end.countDown();
                    },
                    keys[2]);
            keys[1].cancel();
            goOn.countDown();
            await(end);
            assertThat(ran).containsExactly("slow", "patient");
            assertThat(tasks.poll()).isSameAs(keys[0]);
            SelectionKey next = tasks.poll();
            while (next == null) {
                selector.select();
                next = tasks.poll();
            }
            assertThat(next).isSameAs(keys[2]);
        } finally {
            for (Pipe pipe : pipes) {
                pipe.source().close();
                pipe.sink().close();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
