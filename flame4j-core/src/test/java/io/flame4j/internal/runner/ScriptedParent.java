package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.closure.FailureDecoder;
import io.flame4j.internal.closure.KnownShapes;
import io.flame4j.internal.closure.ResultPolicy;
import io.flame4j.internal.closure.TaskEncoder;
import io.flame4j.internal.closure.TrackedEntry;
import io.flame4j.internal.closure.ValueDecoder;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.SlotConnection;
import io.flame4j.internal.wire.WireAddress;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A parent that does what a test says, frame by frame, over real sockets. Nothing happens by itself: no heartbeat is
 * sent and no connection closed unless the test does it.
 */
final class ScriptedParent implements AutoCloseable {

    /** Nothing here takes as long unless it is broken. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    static final String RUNNER = "scripted-1";

    private final ServerSocketChannel server;
    private final WireAddress address;
    private final BlockingQueue<Control> controls = new LinkedBlockingQueue<>();
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final List<SocketChannel> accepted = new CopyOnWriteArrayList<>();
    private final byte[] token = filled(1);
    private final byte[] slotKey = filled(2);

    private ScriptedParent(ServerSocketChannel server, WireAddress address) {
        this.server = server;
        this.address = address;
        Thread acceptor = new Thread(this::accept, "scripted-parent");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    static ScriptedParent onTcp() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        return new ScriptedParent(server, new WireAddress.Tcp("127.0.0.1", port));
    }

    static ScriptedParent onUnix(Path socket) throws IOException {
        ServerSocketChannel server =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        return new ScriptedParent(server, new WireAddress.Unix(socket));
    }

    WireAddress address() {
        return address;
    }

    BootTicket ticket() {
        return ticket(0, 20_000);
    }

    BootTicket ticket(long parentPid, long failsafeMillis) {
        return new BootTicket(
                "scripted",
                RUNNER,
                address,
                null,
                token,
                "any",
                Runtime.version().feature(),
                parentPid,
                failsafeMillis);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                accepted.add(channel);
                Hello hello = helloOrEnd(channel);
                if (hello instanceof Hello.Control control) {
                    assertThat(control.token()).isEqualTo(token);
                    controls.add(new Control(control, channel));
                } else if (hello instanceof Hello.Slot slot) {
                    assertThat(slot.slotKey()).isEqualTo(slotKey);
                    lines.add(new Line(slot, channel));
                }
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }

    /** What a runner says first, or null when it closes the connection before: a slot may be interrupted there. */
    private static Hello helloOrEnd(SocketChannel channel) {
        try {
            return readHello(channel);
        } catch (IOException e) {
            return null;
        }
    }

    private static Hello readHello(SocketChannel channel) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(Protocol.MAX_HELLO);
        while (true) {
            Hello hello = Hello.decode(in.duplicate().flip());
            if (hello != null) {
                return hello;
            }
            if (channel.read(in) < 0) {
                throw new EOFException("no hello");
            }
        }
    }

    /** The next control connection. */
    Control control() throws InterruptedException {
        Control control = controls.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(control).as("a control connection").isNotNull();
        return control;
    }

    /** The next slot connection. */
    Line line() throws InterruptedException {
        Line line = lines.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(line).as("a slot connection").isNotNull();
        return line;
    }

    boolean hasLine() {
        return !lines.isEmpty();
    }

    /** Accepts the runner with terms that no test has to wait for. */
    Control welcome() throws InterruptedException, IOException {
        return welcome(new Terms());
    }

    Control welcome(Terms terms) throws InterruptedException, IOException {
        Control control = control();
        control.send(terms.frame(slotKey));
        return control;
    }

    /** What WELCOME says; a test changes what it is about. */
    static final class Terms {
        long heartbeatMillis = 60_000;
        long shutdownMillis = 10_000;
        long interruptGraceMillis = 10_000;
        String codec = "io.flame4j.codec.JdkCodec";
        String initializer = "";
        List<String> propagators = List.of();
        boolean logs;

        ControlFrame.Welcome frame(byte[] slotKey) {
            return new ControlFrame.Welcome(
                    slotKey,
                    100,
                    heartbeatMillis,
                    shutdownMillis,
                    interruptGraceMillis,
                    codec,
                    initializer,
                    propagators,
                    logs);
        }
    }

    /** The control connection. */
    static final class Control {
        final Hello.Control hello;
        private final SocketChannel channel;
        private final ByteBuffer in =
                ByteBuffer.allocate(4 + Protocol.MAX_CONTROL_FRAME).limit(0);

        Control(Hello.Control hello, SocketChannel channel) {
            this.hello = hello;
            this.channel = channel;
        }

        void send(ControlFrame frame) throws IOException {
            write(frame.encode());
        }

        void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        /** The next frame, or null at the end of the connection. */
        ControlFrame receive() throws IOException {
            while (true) {
                ControlFrame frame = ControlFrame.decode(in);
                if (frame != null) {
                    return frame;
                }
                in.compact();
                int read = readOrEnd(channel, in);
                in.flip();
                if (read < 0) {
                    return null;
                }
            }
        }

        /** The next frame that is not a heartbeat. */
        <T extends ControlFrame> T expect(Class<T> type) throws IOException {
            ControlFrame frame = receive();
            while (frame instanceof ControlFrame.RunnerHeartbeat && type != ControlFrame.RunnerHeartbeat.class) {
                frame = receive();
            }
            assertThat(frame).isInstanceOf(type);
            return type.cast(frame);
        }

        void expectEnd() throws IOException {
            ControlFrame frame = receive();
            while (frame instanceof ControlFrame.RunnerHeartbeat) {
                frame = receive();
            }
            assertThat(frame).as("the end of the control connection").isNull();
        }

        void close() throws IOException {
            channel.close();
        }
    }

    private static int readOrEnd(SocketChannel channel, ByteBuffer in) {
        try {
            return channel.read(in);
        } catch (IOException e) {
            // A reset is an end too.
            return -1;
        }
    }

    /** What came back for a call. */
    record Answer(int type, int flags, int sequence, Object value) {

        Object result() {
            assertThat(type).as("frame type of " + this).isEqualTo(Protocol.RESULT);
            return value;
        }

        Throwable thrown() {
            return thrown(Protocol.FAILURE_THROWN);
        }

        /** By a task that was interrupted since its runner is to end. */
        Throwable thrownAtItsEnd() {
            return thrown(Protocol.FAILURE_ENDED);
        }

        private Throwable thrown(int kind) {
            assertThat(value).isInstanceOf(Failure.class);
            assertThat(((Failure) value).kind()).as("kind of " + this).isEqualTo(kind);
            return (Throwable) ((Failure) value).detail();
        }

        int failureKind() {
            assertThat(type).as("frame type of " + this).isEqualTo(Protocol.FAILURE);
            return ((Failure) value).kind();
        }
    }

    record Failure(int kind, Object detail) {}

    /** A slot connection. */
    static final class Line {
        final Hello.Slot hello;
        private final SocketChannel channel;
        private final SlotConnection connection;
        private final KnownShapes known = new KnownShapes();
        private final TaskEncoder tasks = new TaskEncoder(Codec.jdk());
        private final ClassLoader loader = ScriptedParent.class.getClassLoader();
        private int sequence;

        /** Of the last answer; -1 when it has none. */
        long taskNanos;

        Line(Hello.Slot hello, SocketChannel channel) {
            this.hello = hello;
            this.channel = channel;
            this.connection = new SlotConnection(channel, 1L << 40, false);
        }

        /** A call as a test wants it. */
        final class Call {
            private int flags;
            private long limit;
            private int target = Protocol.TARGET_NONE;
            private long targetId = -1;

            Call flags(int value) {
                flags = value;
                return this;
            }

            Call limit(Duration duration) {
                limit = duration.toNanos() / 1_000 + 1;
                return this;
            }

            Call target(int value) {
                target = value;
                return this;
            }

            Call target(int value, long id) {
                target = value;
                targetId = id;
                return this;
            }

            void send(Serializable closure) throws IOException {
                ByteWriter head = new ByteWriter();
                head.writeVarLong(limit);
                head.writeByte(target);
                if (targetId >= 0) {
                    head.writeVarLong(targetId);
                }
                ByteWriter body = new ByteWriter();
                if (closure != null) {
                    tasks.encode(closure).writeTo(body, known);
                }
                connection.send(Protocol.CALL, flags, ++sequence, head, body);
            }

            Answer run(Serializable closure) throws IOException {
                send(closure);
                return answer();
            }
        }

        Call call() {
            return new Call();
        }

        /** Writes what a test made up. */
        void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        Answer answer() throws IOException {
            connection.receive();
            assertThat(connection.sequence()).isEqualTo(sequence);
            ValueDecoder values = new ValueDecoder(Codec.jdk(), loader, ResultPolicy.STANDARD);
            taskNanos = (connection.flags() & Protocol.ANSWER_TIMED) != 0
                    ? connection.body().readVarLong()
                    : -1;
            Object value = switch (connection.type()) {
                case Protocol.RESULT ->
                    (connection.flags() & Protocol.RESULT_TRACKED) != 0
                            ? values.decodeTracked(connection.body())
                            : values.decode(connection.body());
                case Protocol.PROGRESS -> values.decode(connection.body());
                case Protocol.REFUSED -> connection.body().readString();
                case Protocol.FAILURE -> failure();
                default -> throw new IOException("type " + connection.type());
            };
            assertThat(connection.body().remaining()).isZero();
            return new Answer(connection.type(), connection.flags(), connection.sequence(), value);
        }

        private Failure failure() throws IOException {
            int kind = connection.body().readByte();
            if (kind == Protocol.FAILURE_THROWN || kind == Protocol.FAILURE_ENDED) {
                return new Failure(
                        kind,
                        new FailureDecoder(loader, ResultPolicy.STANDARD)
                                .decode(connection.body(), RUNNER, new StackTraceElement[0]));
            }
            return new Failure(
                    kind,
                    kind == Protocol.FAILURE_DEADLINE ? null : connection.body().readString());
        }

        static List<TrackedEntry> tracked(Answer answer) {
            return ((io.flame4j.internal.closure.DecodedResult) answer.result()).tracked();
        }

        /** Waits until the runner closes the connection. */
        void expectEnd() {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(readOrEnd(channel, one)).isNegative();
        }

        void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Gives up on this connection as a parent does. */
        void abandon(Control control, boolean interrupt, boolean discard) throws IOException {
            close();
            control.send(new ControlFrame.SlotClosed(hello.slotId(), hello.generation(), interrupt, discard));
        }
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[Protocol.SECRET_LENGTH];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /** Closes everything, as the end of a process would. */
    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel channel : accepted) {
            channel.close();
        }
    }
}
