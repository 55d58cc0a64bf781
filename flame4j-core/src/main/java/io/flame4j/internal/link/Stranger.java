package io.flame4j.internal.link;

import io.flame4j.Refusal;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.LayeredChannel;
import io.flame4j.internal.wire.PeerName;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.TlsChannel;
import io.flame4j.internal.wire.TooLongException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A connection that has not said who it is. Belongs to the listener's thread. */
final class Stranger {

    /** What has become of it. */
    enum Progress {
        /** It has to say more. */
        WAITING,
        /** {@link #tls()} has tasks to run, which take a while; until they are done nothing is to be read. */
        TASKS,
        /** It has said who it is. */
        INTRODUCED
    }

    private final ByteChannel channel;
    private final @Nullable TlsChannel tls;
    private final @Nullable PeerName name;
    private final long deadline;

    /** Asked for at once, since a connection that is closed does not tell. */
    private final String peer;

    private final @Nullable InetAddress address;

    private final ByteBuffer in = ByteBuffer.allocate(Protocol.MAX_HELLO);
    private @Nullable Hello hello;

    /**
     * Wraps a connection.
     *
     * @param channel a socket, or TLS over one
     * @param name what its certificate must be called; null when it need not show one
     * @param deadline when it must have said who it is
     */
    Stranger(ByteChannel channel, @Nullable PeerName name, long deadline) {
        this.name = name;
        this.channel = channel;
        this.tls = channel instanceof TlsChannel secured ? secured : null;
        this.deadline = deadline;
        this.peer = peerOf(LayeredChannel.socketOf(channel));
        this.address = Peers.addressOf(LayeredChannel.socketOf(channel));
    }

    /** Empty when there is nothing to tell: the ends of Unix-domain sockets that dial have no address. */
    static String peerOf(SocketChannel channel) {
        try {
            return String.valueOf(channel.getRemoteAddress());
        } catch (IOException e) {
            // It is gone already; there is nothing to tell of it.
            return "";
        }
    }

    ByteChannel channel() {
        return channel;
    }

    TlsChannel tls() {
        return Objects.requireNonNull(tls);
    }

    /** It has proved itself and may say as much as it likes. */
    void trust() {
        if (tls != null) {
            tls.trust();
        }
    }

    /** Its address for logs, or an empty string. */
    String peer() {
        return peer;
    }

    long deadline() {
        return deadline;
    }

    /** Why a connection that broke off with this is refused. */
    static Refusal kindOf(Exception e) {
        if (e instanceof RefusedException refused) {
            return refused.kind();
        } else if (e instanceof TlsChannel.NotTlsException) {
            return Refusal.NOT_TLS;
        } else if (e instanceof TlsChannel.WrongPeerException) {
            return Refusal.WRONG_CERTIFICATE;
        } else if (e instanceof TlsChannel.CertificateRefusedException) {
            return Refusal.WRONG_PIN;
        } else if (e instanceof SSLException) {
            return Refusal.TLS_FAILED;
        } else if (e instanceof TooLongException) {
            return Refusal.TOO_LONG;
        } else if (e instanceof Hello.MalformedHelloException malformed) {
            return switch (malformed.fault()) {
                case NOT_FLAME -> Refusal.NOT_FLAME;
                case TLS -> Refusal.UNEXPECTED_TLS;
                case VERSION -> Refusal.OTHER_VERSION;
                case BODY -> Refusal.MALFORMED;
            };
        }
        return Refusal.BROKEN;
    }

    /** Where it comes from, or null. */
    @Nullable
    InetAddress address() {
        return address;
    }

    /** Reads what is there. */
    Progress read() throws IOException {
        if (tls != null && !tls.isReady()) {
            TlsChannel.Handshake waitsFor = shakeHands(tls);
            if (waitsFor != TlsChannel.Handshake.DONE) {
                return waitsFor == TlsChannel.Handshake.TASKS ? Progress.TASKS : Progress.WAITING;
            }
        }
        do {
            if (readHello()) {
                return Progress.INTRODUCED;
            }
        } while (LayeredChannel.hasInput(channel));
        return Progress.WAITING;
    }

    private TlsChannel.Handshake shakeHands(TlsChannel tls) throws IOException {
        try {
            TlsChannel.Handshake waitsFor = tls.handshake();
            if (waitsFor == TlsChannel.Handshake.DONE) {
                tls.flush();
                checkName(tls);
            }
            return waitsFor;
        } catch (TlsChannel.NotTlsException e) {
            if (e.isFlame()) {
                reject(tls.socket(), "this parent wants TLS, of which the runner knows nothing");
            }
            throw e;
        } catch (SSLException e) {
            // The JDK has no other word for it than this.
            boolean pin = String.valueOf(e.getMessage()).contains("certificate_unknown");
            throw new RefusedException(
                    pin ? Refusal.WRONG_PIN : Refusal.TLS_FAILED, "the TLS handshake failed: " + e.getMessage());
        }
    }

    /** Authority, dates and purposes are right; this is what may be told to the other side, which is a runner of somebody's. */
    private void checkName(TlsChannel tls) throws IOException {
        if (name == null) {
            return;
        }
        try {
            name.check(tls.peer());
        } catch (CertificateException e) {
            reject(tls, String.valueOf(e.getMessage()));
            throw new RefusedException(Refusal.WRONG_CERTIFICATE, String.valueOf(e.getMessage()));
        }
    }

    private boolean readHello() throws IOException {
        if (channel.read(in) < 0) {
            throw new RefusedException(Refusal.BROKEN, "it closed the connection before it said who it is");
        }
        in.flip();
        try {
            hello = Hello.decode(in);
        } catch (Hello.MalformedHelloException e) {
            if (e.isFlame()) {
                reject(channel, String.valueOf(e.getMessage()));
            }
            throw e;
        }
        if (hello != null && (in.hasRemaining() || LayeredChannel.hasInput(channel))) {
            throw new RefusedException(Refusal.TOO_LONG, "it sent more than its hello before it was let in");
        }
        in.compact();
        return hello != null;
    }

    Hello hello() {
        return Objects.requireNonNull(hello);
    }

    /** Sends a last word to a peer that is about to be dropped; it is small enough for an empty socket buffer. */
    static void reject(ByteChannel channel, String message) throws IOException {
        channel.write(new ControlFrame.Reject(message).encode());
    }
}
