package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** Sockets that are made ready early. */
class UnixSocketsTest {

    @Test
    void whoOpensOneMeanwhileOnlyWaits() throws Exception {
        UnixSockets.begin();

        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(socket.isOpen()).isTrue();
        }
    }

    @Test
    void thisJdkMakesThemReadyWhereWeLook() {
        assertThatCode(() -> Class.forName(UnixSockets.CLASS, false, null)).doesNotThrowAnyException();
    }
}
