package io.flame4j.soak;

import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.WireAddress;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real runner in a process of its own, and a parent that sends it any bytes. Used by one thread. */
final class ScriptedParent implements AutoCloseable {

    /** Nothing takes as long unless it hangs. */
    private static final int PATIENCE_MILLIS = 60_000;

    /** How often it is looked whether a runner that does not dial has left. */
    private static final int LOOK_MILLIS = 100;

    private static final int HEADER = 16;
    private static final int LENGTH_AT = 8;

    private final ServerSocket server;
    private final ProcessBackend backend = ProcessBackend.builder().heap("64m").build();
    private final RunnerHandle runner;
    private final Socket control;
    private @Nullable Socket slot;
    private int generation;

    ScriptedParent() throws IOException, InterruptedException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MILLIS);
        byte[] token = new byte[Protocol.SECRET_LENGTH];
        BootTicket ticket = new BootTicket(
                "fuzz",
                "fuzz-1",
                new WireAddress.Tcp("127.0.0.1", server.getLocalPort()),
                null,
                token,
                "any",
                Runtime.version().feature(),
                ProcessHandle.current().pid(),
                PATIENCE_MILLIS * 3L);
        runner = backend.start(new RunnerSpec(
                "fuzz",
                "fuzz-1",
                Map.of(RunnerSpec.PARENT_VARIABLE, ticket.encode(), RunnerSpec.TOKEN_VARIABLE, ticket.encodeToken()),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1)));
        try {
            control = server.accept();
        } catch (SocketTimeoutException e) {
            runner.kill();
            backend.close();
            server.close();
            throw new IOException("the runner has not dialled within " + PATIENCE_MILLIS + " ms", e);
        }
        hello(control);
        // Without heartbeats, so that nobody has to send them.
        control.getOutputStream()
                .write(new ControlFrame.Welcome(
                                new byte[Protocol.SECRET_LENGTH],
                                1,
                                0,
                                1_000,
                                10_000,
                                "io.flame4j.codec.JdkCodec",
                                "",
                                List.of(),
                                false)
                        .encode()
                        .array());
        accept();
    }

    private static Hello hello(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        ByteBuffer bytes = ByteBuffer.allocate(Protocol.MAX_HELLO);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        in.readFully(bytes.array(), 0, 8);
        int rest = bytes.getShort(6) & 0xFFFF;
        in.readFully(bytes.array(), 8, rest);
        Hello hello = Hello.decode(bytes.limit(8 + rest));
        if (hello == null) {
            throw new IOException("a runner that says half a hello");
        }
        return hello;
    }

    /** Takes the next connection, unless the runner leaves instead, which it may say later than it answers a call. */
    private void accept() throws IOException {
        slot = null;
        server.setSoTimeout(LOOK_MILLIS);
        long begun = System.nanoTime();
        Socket next = null;
        while (next == null) {
            try {
                next = server.accept();
            } catch (SocketTimeoutException e) {
                if (isLeft()) {
                    return;
                }
                if (System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
                    throw new IOException("the runner dials no more, and has not said why", e);
                }
            }
        }
        if (!(hello(next) instanceof Hello.Slot said)) {
            throw new IOException("a second control connection");
        }
        generation = said.generation();
        slot = next;
    }

    /**
     * Gives up the connection, as for a call that nobody waits for, and waits for the next. There is none when the runner
     * has left.
     */
    void redial() throws IOException {
        if (slot != null) {
            slot.close();
        }
        control.getOutputStream()
                .write(new ControlFrame.SlotClosed(0, generation, true, true)
                        .encode()
                        .array());
        accept();
    }

    void send(byte[] frame) throws IOException {
        open().getOutputStream().write(frame);
    }

    /** The next frame, as it is; fails when there is none. */
    byte[] answer() throws IOException {
        DataInputStream in = new DataInputStream(open().getInputStream());
        byte[] header = new byte[HEADER];
        in.readFully(header);
        long length = ByteBuffer.wrap(header).getLong(LENGTH_AT);
        if (length < 0 || length > 1 << 20) {
            throw new IllegalStateException("the runner answers with a frame of " + length + " bytes");
        }
        byte[] frame = Arrays.copyOf(header, HEADER + (int) length);
        in.readFully(frame, HEADER, (int) length);
        return frame;
    }

    private Socket open() throws IOException {
        Socket socket = slot;
        if (socket == null) {
            throw new IOException("no connection");
        }
        return socket;
    }

    /**
     * Whether the runner has said that it takes no more calls. It does so when a task ends with an error of the machine,
     * which JDK classes throw too when they are read from bytes that make no sense.
     */
    boolean isLeft() throws IOException {
        // In this order: what it has said, it has said before its end.
        boolean ended = runner.exit().toCompletableFuture().isDone();
        boolean said = control.getInputStream().available() > 0;
        if (ended && !said) {
            throw new IOException("the runner has ended without a word: "
                    + runner.exit().toCompletableFuture().join());
        }
        return said;
    }

    /** Whether it has said so, or says so in time. Takes what it said, so that it can be asked but once. */
    boolean leaves() throws IOException {
        try {
            return control.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        runner.kill();
        runner.exit().toCompletableFuture().join();
        if (slot != null) {
            slot.close();
        }
        control.close();
        server.close();
        backend.close();
    }
}
