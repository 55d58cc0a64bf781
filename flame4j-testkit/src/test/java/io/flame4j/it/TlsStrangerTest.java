package io.flame4j.it;

import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ParentTls;
import io.flame4j.internal.wire.PinnedTls;
import java.io.IOException;
import java.nio.channels.ByteChannel;

/** Strangers who speak TLS; those who do not get no further than in the tests of the listener. */
class TlsStrangerTest extends StrangerTest {

    @Override
    Backends backend() {
        return Backends.PROCESS_TLS;
    }

    @Override
    byte[] beginning() {
        return new byte[] {22, 3, 1};
    }

    @Override
    ByteChannel connect(BootTicket ticket) throws IOException {
        return new PinnedTls(((ParentTls.Pinned) ticket.tls()).sha256()).dial(ticket.address());
    }
}
