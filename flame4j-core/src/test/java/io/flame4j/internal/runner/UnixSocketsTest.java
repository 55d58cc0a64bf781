package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.WireAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Sockets that are made ready early. */
class UnixSocketsTest {

    @Test
    void whoOpensOneMeanwhileOnlyWaits() throws Exception {
        Thread thread = UnixSockets.begin();

        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(socket.isOpen()).isTrue();
        }
        assertThat(thread.getName()).isEqualTo("flame4j-sockets");
        thread.join();
    }

    @Test
    void thisJdkMakesThemReadyWhereWeLook() {
        assertThatCode(() -> Class.forName(UnixSockets.CLASS, false, null)).doesNotThrowAnyException();
    }

    @Test
    void aTicketTellsWhetherTheyAreNeeded() {
        assertThat(BootTicket.namesUnixSocket(
                        ticket("a", new WireAddress.Unix(Path.of("/tmp/s"))).encode()))
                .isTrue();
        assertThat(BootTicket.namesUnixSocket(ticket("a;address=unix:/tmp/s", new WireAddress.Tcp("127.0.0.1", 1))
                        .encode()))
                .isFalse();
    }

    private static BootTicket ticket(String pool, WireAddress address) {
        return new BootTicket(pool, "a-1", address, null, new byte[Protocol.SECRET_LENGTH], "any", 17, 0, 1_000);
    }
}
