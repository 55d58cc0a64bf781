package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Test;

/** Which implementation of sockets a runner uses. */
class SocketProviderTest {

    @Test
    void itIsThatOfTheJdkAndThePropertyIsAsBefore() {
        SocketProvider.settle();

        assertThat(System.getProperty("java.nio.channels.spi.SelectorProvider")).isNull();
        assertThat(SelectorProvider.provider().getClass().getModule()).isSameAs(Object.class.getModule());
    }
}
