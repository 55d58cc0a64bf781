package io.flame4j.benchmarks.limit;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.slf4j.Logger;

/** The bare start of a JVM, until it has dialled back and 64 bytes went there and back. */
public final class BareStart implements AutoCloseable {

    private final Transport.Listener listener;
    private final String classPath;

    public BareStart(Transport transport) throws IOException {
        this.listener = transport.listen();
        this.classPath = location(BareMain.class) + File.pathSeparator + location(Logger.class);
    }

    /** Starts one and says how many nanoseconds it took; then waits for its end. */
    public long run() throws IOException {
        long began = System.nanoTime();
        Process process = RawHost.Jvm.start(classPath, BareMain.class, listener.address());
        try (SocketChannel channel = Transport.tune(listener.channel().accept())) {
            ByteBuffer frame = ByteBuffer.allocate(Frames.PING);
            Frames.writeFully(channel, frame);
            Frames.readFully(channel, frame.clear());
            return System.nanoTime() - began;
        } finally {
            RawHost.Jvm.awaitEnd(process);
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
