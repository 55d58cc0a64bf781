package io.flame4j.benchmarks.limit;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The bare start of a JVM, until it has dialled back and 64 bytes went there and back; then it is idle. One for each. */
public final class BareStart implements AutoCloseable {

    private final Transport.Listener listener;
    private final String classPath;
    private final Class<?> main;
    private @Nullable Process process;
    private @Nullable ByteChannel channel;

    public BareStart(Transport transport) throws IOException {
        this.listener = transport.listen();
        this.main = transport == Transport.TLS ? BareTlsMain.class : BareMain.class;
        this.classPath = Location.of(BareMain.class) + File.pathSeparator + Location.of(Logger.class);
    }

    /** Starts one and exchanges 64 bytes with it. */
    public void run() throws IOException {
        Process started = RawHost.Jvm.start(classPath, main, TlsIdentity.portOrAll(listener.address()));
        process = started;
        channel = listener.acceptFrom(started);
        ByteBuffer frame = ByteBuffer.allocate(Frames.PING);
        Frames.writeFully(channel, frame);
        Frames.readFully(channel, frame.clear());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (channel != null) {
            channel.close();
        }
        if (process != null) {
            RawHost.Jvm.awaitEnd(process);
        }
    }
}
