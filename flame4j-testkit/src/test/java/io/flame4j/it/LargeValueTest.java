package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlameException;
import io.flame4j.backend.ProcessBackend;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are larger or deeper than anybody would want. */
class LargeValueTest extends PoolTestBase {

    private static final int GIBIBYTE = 1 << 30;
    private static final int SIXTY_FOUR_MEBIBYTES = 64 << 20;

    /** Even on a thread with a small stack, before the code is compiled; a virtual thread manages less than 1,000. */
    private static final int ALWAYS_TRAVELS = 300;

    private static final long NEEDED_KIB = 8L << 20;

    private static byte[] pattern(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i += 4096) {
            bytes[i] = (byte) (i >>> 12);
        }
        return bytes;
    }

    private static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    private static long availableKib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemAvailable:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    @Test
    @Timeout(300)
    void aGibibyteTravelsThereAndBack() throws IOException {
        Assumptions.assumeTrue(availableKib() > NEEDED_KIB, "needs 8 GiB of free memory");
        start(Backends.PROCESS_UNIX
                .pool()
                .backend(ProcessBackend.builder().heap("3g").build())
                .max(1)
                .timeout(java.time.Duration.ofMinutes(3)));
        long expected = there();
        byte[] back = pool.call(() -> pattern(GIBIBYTE));
        assertThat(back.length).isEqualTo(GIBIBYTE);
        assertThat(crc(back)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(names = {"PROCESS_UNIX", "PROCESS_TLS"})
    void sixtyFourMebibytesTravelThereAndBack(Backends backend) {
        ProcessBackend process = ProcessBackend.builder()
                .heap("512m")
                .tls(backend == Backends.PROCESS_TLS)
                .build();
        start(backend.pool().backend(process).max(1));
        byte[] argument = pattern(SIXTY_FOUR_MEBIBYTES);
        long expected = crc(argument);
        for (int round = 0; round < 3; round++) {
            byte[] back = pool.call(() -> {
                if (crc(argument) != expected) {
                    throw new IllegalStateException("something else has come");
                }
                return argument;
            });
            assertThat(crc(back)).isEqualTo(expected);
        }
    }

    /** In a method of its own, so that one array is garbage when the next one comes. */
    private long there() {
        byte[] argument = pattern(GIBIBYTE);
        long expected = crc(argument);
        long[] seen = pool.call(() -> new long[] {argument.length, crc(argument)});
        assertThat(seen).containsExactly(GIBIBYTE, expected);
        return expected;
    }

    private static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int value;
        private Node next;

        private Node(int value) {
            this.value = value;
        }

        static Node chain(int length) {
            Node first = new Node(0);
            Node last = first;
            for (int i = 1; i < length; i++) {
                last.next = new Node(i);
                last = last.next;
            }
            return first;
        }

        static int count(Node first) {
            int count = 0;
            for (Node node = first; node != null && node.value == count; node = node.next) {
                count++;
            }
            return count;
        }
    }

    /** JDK serialization calls itself for every node; the stack decides what is too deep. */
    @ParameterizedTest
    @ValueSource(ints = {ALWAYS_TRAVELS, 2_000, 10_000, 1_000_000})
    void aLongChainTravelsOrIsRefusedClearly(int length) {
        start(Backends.PROCESS_UNIX.pool().max(1));
        long pid = pool.call(Jobs::pid);
        Node chain = Node.chain(length);
        CompletableFuture<Integer> there;
        try {
            there = pool.callAsync(() -> Node.count(chain));
            assertTravelled(length, there, "as an argument");
        } catch (FlameException refused) {
            assertClear(length, refused, "as an argument");
        }
        assertTravelled(length, pool.callAsync(() -> Node.chain(length)).thenApply(Node::count), "as a result");
        assertThat(pool.<Long, RuntimeException>call(Jobs::pid))
                .as("the runner goes on")
                .isEqualTo(pid);
        assertThat(watch.losses).isEmpty();
    }

    private static void assertTravelled(int length, CompletableFuture<Integer> call, String how) {
        Throwable failure = call.handle((value, thrown) -> thrown).join();
        if (failure == null) {
            assertThat(call.join()).isEqualTo(length);
            System.out.println("a chain of " + length + " nodes travels " + how);
        } else {
            assertClear(length, failureOf(call), how);
        }
    }

    private static void assertClear(int length, Throwable refused, String how) {
        System.out.println("a chain of " + length + " nodes " + how + ": " + refused);
        assertThat(length).as("of a length that may be refused").isGreaterThan(ALWAYS_TRAVELS);
        assertThat(refused).isInstanceOf(FlameException.class).hasMessageContaining("deep");
    }
}
