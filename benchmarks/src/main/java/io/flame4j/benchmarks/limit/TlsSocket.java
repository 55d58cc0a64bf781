package io.flame4j.benchmarks.limit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import javax.net.ssl.SSLSocket;

/** A socket of the JDK's own TLS as a channel. One thread reads and writes. */
final class TlsSocket implements ByteChannel {

    private static final int PIECE = 16 * 1024;

    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] piece = new byte[PIECE];

    /** Shakes hands, so that no measure begins with that. */
    TlsSocket(Socket accepted) throws IOException {
        this.socket = (SSLSocket) accepted;
        socket.setTcpNoDelay(true);
        socket.startHandshake();
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (target.hasArray()) {
            int count = in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
            if (count > 0) {
                target.position(target.position() + count);
            }
            return count;
        }
        int count = in.read(piece, 0, Math.min(PIECE, target.remaining()));
        if (count > 0) {
            target.put(piece, 0, count);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int count = source.remaining();
        if (source.hasArray()) {
            out.write(source.array(), source.arrayOffset() + source.position(), count);
            source.position(source.limit());
            return count;
        }
        while (source.hasRemaining()) {
            int part = Math.min(PIECE, source.remaining());
            source.get(piece, 0, part);
            out.write(piece, 0, part);
        }
        return count;
    }

    @Override
    public boolean isOpen() {
        return !socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
