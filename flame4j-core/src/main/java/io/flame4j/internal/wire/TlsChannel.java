package io.flame4j.internal.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 over a socket channel, in the socket's own blocking mode, which may change at any time. A message that fits a
 * record is one write to the socket, and mostly one read.
 *
 * <p>One thread reads at a time; any may write, one after the other under {@code writing}. A reader never writes: what the
 * engine wants to say by itself, its part of a key update, it says with the next write. So neither waits for the other,
 * and {@link #close()} from a third thread wakes both, as on a plain socket. {@code writing} guards {@code out} and {@code packet}; the
 * reader owns {@code in} and {@code plain}; until it is done the handshake owns all of them.
 *
 * <p>In blocking mode the first write does the handshake. In non-blocking mode {@link #handshake()} is called when the
 * socket has something, and after each task.
 */
public final class TlsChannel implements LayeredChannel {

    /** What a handshake is waiting for. */
    public enum Handshake {
        /** Nothing: it is done. */
        DONE,
        /** Bytes of the peer. */
        BYTES,
        /** {@link #runTasks()}, which takes a while. */
        TASKS
    }

    /** The peer does not speak TLS. */
    public static final class NotTlsException extends IOException {
        private static final long serialVersionUID = 1L;

        private final boolean flame;

        private NotTlsException(boolean flame) {
            super("it does not speak TLS, which is required here");
            this.flame = flame;
        }

        /** Whether it speaks our protocol in the clear, so that a REJECT frame would be understood. */
        public boolean isFlame() {
            return flame;
        }
    }

    /** The other side is not the one it should be, as its certificate shows. */
    public static final class WrongPeerException extends IOException {
        private static final long serialVersionUID = 1L;

        private WrongPeerException(CertificateException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** The other side does not want the certificate that this side shows. It tells only after the handshake of TLS 1.3. */
    public static final class CertificateRefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        private CertificateRefusedException(SSLHandshakeException cause) {
            super("the other side refuses the certificate that it was shown: " + cause.getMessage(), cause);
        }
    }

    private static final int RECORD_HEADER = 5;
    private static final int FRAGMENT = 16 * 1024;

    /** Longest record: what encryption adds is at most this much. */
    private static final int RECORD = RECORD_HEADER + FRAGMENT + 256;

    /** How many of the longest records are read or written at once when there is much to be. */
    private static final int BULK = 4;

    /** Room for the end of a handshake, which goes out together with the first message. */
    private static final int END_OF_HANDSHAKE = 512;

    /** So many records in a row that carry nothing are somebody's game. */
    private static final int MAX_EMPTY = 1_000;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final SSLEngine engine;
    private final ReentrantLock writing = new ReentrantLock();

    /** How much room the engine wants for a record that it encrypts. */
    private int packet;

    /** Between position and limit: read from the socket, not decrypted. */
    private ByteBuffer in = ByteBuffer.allocate(4096).limit(0);

    /** Between position and limit: decrypted, not handed out. */
    private ByteBuffer plain = NOTHING;

    /** Between position and limit: encrypted, not sent. */
    private ByteBuffer out;

    /** How many bytes more may be read from the socket. */
    private long allowance;

    /** How many records in a row have brought the reader nothing. */
    private int empty;

    /** The reader has read that no more will come. */
    private boolean ended;

    /** The handshake's: whether it has begun, and has seen the first byte. */
    private boolean begun;

    private boolean heard;
    private volatile boolean ready;
    private volatile @Nullable IOException failure;

    /**
     * Wraps a connected socket.
     *
     * @param socket the socket, which is closed with this
     * @param engine a fresh one that knows which side it is
     * @param allowance how many bytes may be read from the socket until {@link #trust()}
     */
    public TlsChannel(SocketChannel socket, SSLEngine engine, long allowance) {
        this.socket = socket;
        this.engine = engine;
        this.packet = engine.getSession().getPacketBufferSize();
        this.allowance = allowance;
        this.out = ByteBuffer.allocate(packet + END_OF_HANDSHAKE).limit(0);
    }

    @Override
    public SocketChannel socket() {
        return socket;
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    /** From now on the peer may send as much as it likes. */
    public void trust() {
        allowance = Long.MAX_VALUE;
    }

    // ---- handshake

    /** What the other side has shown, once the handshake is done. */
    public X509Certificate peer() throws SSLException {
        return (X509Certificate) engine.getSession().getPeerCertificates()[0];
    }

    /** Whether the handshake is done. */
    public boolean isReady() {
        return ready;
    }

    /**
     * Goes on with the handshake as far as possible.
     *
     * @return what it waits for; in blocking mode never {@link Handshake#BYTES}
     * @throws IOException when it fails, or has failed before
     */
    public Handshake handshake() throws IOException {
        writing.lock();
        try {
            return ready ? Handshake.DONE : shakeHands();
        } catch (SSLException e) {
            sayWhy();
            IOException told =
                    e.getCause() instanceof CertificateException refused ? new WrongPeerException(refused) : e;
            failure = told;
            throw told;
        } catch (IOException e) {
            failure = e;
            throw e;
        } finally {
            writing.unlock();
        }
    }

    /** Runs what {@link #handshake()} has asked for; on any thread, but not while that runs. */
    public void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private Handshake shakeHands() throws IOException {
        rethrow();
        if (!begun) {
            begun = true;
            if (engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
                engine.beginHandshake();
            }
        }
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    return Handshake.TASKS;
                }
                case NEED_WRAP -> wrap(NOTHING);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrapHandshake() && !hear()) {
                        return Handshake.BYTES;
                    }
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    ready = true;
                    return Handshake.DONE;
                }
            }
        }
    }

    /** False when more bytes are needed. */
    private boolean unwrapHandshake() throws IOException {
        SSLEngineResult result = engine.unwrap(in, NOTHING);
        return switch (result.getStatus()) {
            case OK -> true;
            case BUFFER_UNDERFLOW -> false;
            case BUFFER_OVERFLOW -> throw new SSLException("data came before the end of the TLS handshake");
            case CLOSED -> throw new EOFException("the other side broke the TLS handshake off");
        };
    }

    /** Sends what there is, then reads; false when nothing has come. */
    private boolean hear() throws IOException {
        if (!flush()) {
            throw new IOException("the other side does not read what the TLS handshake sends");
        }
        // No more room than a record needs: so far it is a stranger's.
        if (fill(RECORD_HEADER) == 0) {
            return false;
        }
        if (!heard) {
            heard = true;
            if (in.get(in.position()) != Hello.TLS_HANDSHAKE) {
                throw new NotTlsException(Hello.isFlame(in));
            }
        }
        return true;
    }

    /** Sends the alert that the engine has for its failure, if the socket takes it. */
    private void sayWhy() {
        try {
            wrapInto(NOTHING);
            flush();
        } catch (IOException e) {
            // The failure that led here is the one to be told.
            out.clear().limit(0);
        }
    }

    private void rethrow() throws IOException {
        IOException known = failure;
        if (known != null) {
            throw known;
        }
    }

    // ---- reading

    @Override
    public boolean hasInput() {
        return plain.hasRemaining() || ready && hasRecord();
    }

    /** At most so many bytes as there are, or -1 when the other side has said that no more will come. */
    @Override
    public int read(ByteBuffer target) throws IOException {
        rethrow();
        if (!ready) {
            throw new IOException("nothing can be read before the TLS handshake");
        }
        if (plain.hasRemaining()) {
            return move(target);
        }
        int start = target.position();
        while (target.hasRemaining() && !ended) {
            if (hasRecord()) {
                decrypt(target);
            } else if (target.position() > start || fill(target.remaining()) == 0) {
                break;
            }
        }
        return ended && target.position() == start ? -1 : target.position() - start;
    }

    private void decrypt(ByteBuffer target) throws IOException {
        int before = target.position();
        try {
            ended = !unwrap(target);
        } catch (SSLHandshakeException e) {
            CertificateRefusedException refused = new CertificateRefusedException(e);
            failure = refused;
            throw refused;
        } catch (SSLException e) {
            // The engine would say the next time that all has come to a good end.
            failure = e;
            throw e;
        }
        empty = target.position() == before ? empty + 1 : 0;
        if (empty > MAX_EMPTY) {
            throw new IOException("the other side sends TLS records without data, again and again");
        }
    }

    /** Decrypts one record; false when it says that no more will come. */
    private boolean unwrap(ByteBuffer target) throws IOException {
        SSLEngineResult result = engine.unwrap(in, target);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            if (plain.capacity() == 0) {
                plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
            }
            result = engine.unwrap(in, plain.clear());
            plain.flip();
            move(target);
        }
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        return switch (result.getStatus()) {
            case OK -> true;
            case CLOSED -> false;
            case BUFFER_UNDERFLOW, BUFFER_OVERFLOW -> throw new SSLException("malformed TLS record");
        };
    }

    private int move(ByteBuffer target) {
        int count = Math.min(target.remaining(), plain.remaining());
        target.put(target.position(), plain, plain.position(), count);
        target.position(target.position() + count);
        plain.position(plain.position() + count);
        return count;
    }

    private boolean hasRecord() {
        return in.remaining() >= RECORD_HEADER && in.remaining() >= recordLength();
    }

    private int recordLength() {
        return RECORD_HEADER + (in.getShort(in.position() + 3) & 0xFFFF);
    }

    /** Reads from the socket; 0 when there is nothing. */
    private int fill(int wanted) throws IOException {
        makeRoom(wanted);
        int count;
        try {
            in.limit(in.position() + (int) Math.min(in.remaining(), allowance));
            if (!in.hasRemaining()) {
                throw new TooLongException("it sent more than is read of those who have not said who they are");
            }
            count = socket.read(in);
        } finally {
            in.flip();
        }
        if (count < 0) {
            throw new EOFException(
                    ready
                            ? "the connection ended without TLS's word for it"
                            : "the other side closed the connection in the TLS handshake");
        }
        allowance -= count;
        return count;
    }

    /** Leaves the buffer ready to be filled, and large enough for the record that has begun, or for many. */
    private void makeRoom(int wanted) throws IOException {
        int needed = in.remaining() < RECORD_HEADER ? RECORD_HEADER : recordLength();
        if (needed > RECORD) {
            throw new SSLException("malformed TLS record: a length of " + needed);
        }
        if (wanted > FRAGMENT) {
            needed = BULK * RECORD;
        } else if (needed > in.capacity()) {
            needed = RECORD;
        }
        if (needed > in.capacity()) {
            in = ByteBuffer.allocate(needed).put(in);
        } else {
            in.compact();
        }
    }

    // ---- writing

    /** In blocking mode all of it; else as much as is encrypted, of which {@link #flush()} sends what is left. */
    @Override
    public int write(ByteBuffer source) throws IOException {
        writing.lock();
        try {
            completeHandshake();
            int start = source.position();
            // In non-blocking mode, what cannot be sent must not grow.
            boolean clear = socket.isBlocking() || flush();
            while (clear && source.hasRemaining()) {
                wrapMuch(source);
                clear = flush();
            }
            if (out.hasRemaining() && !source.hasRemaining()) {
                flush();
            }
            return source.position() - start;
        } finally {
            writing.unlock();
        }
    }

    private void completeHandshake() throws IOException {
        while (!ready && handshake() != Handshake.DONE) {
            if (!socket.isBlocking()) {
                throw new IOException("nothing can be written before the TLS handshake");
            }
            runTasks();
        }
    }

    private void wrapMuch(ByteBuffer source) throws IOException {
        if (source.remaining() > FRAGMENT && out.capacity() < BULK * packet) {
            out = ByteBuffer.allocate(BULK * packet).put(out).flip();
        }
        do {
            wrap(source);
        } while (source.hasRemaining() && out.capacity() - out.limit() >= packet);
    }

    /** Adds one record. */
    private void wrap(ByteBuffer source) throws IOException {
        SSLEngineResult result = wrapInto(source);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            // Records may be longer than was known before the handshake.
            packet = engine.getSession().getPacketBufferSize();
            result = wrapInto(source);
        }
        switch (result.getStatus()) {
            case CLOSED -> throw new ClosedChannelException();
            case BUFFER_OVERFLOW, BUFFER_UNDERFLOW -> throw new SSLException("cannot encrypt: " + result);
            case OK -> {
                if (ready && result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                    runTasks();
                } else if (ready && result.bytesProduced() == 0 && source.hasRemaining()) {
                    throw new SSLException("cannot encrypt: " + result);
                }
            }
        }
    }

    private SSLEngineResult wrapInto(ByteBuffer source) throws SSLException {
        if (out.capacity() - out.limit() < packet) {
            out = ByteBuffer.allocate(out.remaining() + packet).put(out).flip();
        }
        int position = out.position();
        out.position(out.limit()).limit(out.capacity());
        try {
            return engine.wrap(source, out);
        } finally {
            out.limit(out.position()).position(position);
        }
    }

    @Override
    public boolean flush() throws IOException {
        writing.lock();
        try {
            while (out.hasRemaining()) {
                if (socket.write(out) == 0) {
                    return false;
                }
            }
            out.clear().limit(0);
            return true;
        } finally {
            writing.unlock();
        }
    }

    // ---- end

    /**
     * Closes the socket. In non-blocking mode the other side is told first, if that is possible at once; in blocking mode
     * it is not, since that might not be.
     */
    @Override
    public void close() throws IOException {
        try {
            if (ready && !socket.isBlocking() && writing.tryLock()) {
                sayGoodbye();
            }
        } finally {
            socket.close();
        }
    }

    private void sayGoodbye() {
        try {
            engine.closeOutbound();
            wrapInto(NOTHING);
            flush();
        } catch (IOException e) {
            // Then it ends without a word, as connections do that break.
            out.clear().limit(0);
        } finally {
            writing.unlock();
        }
    }
}
