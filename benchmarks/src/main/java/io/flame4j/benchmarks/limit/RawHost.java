package io.flame4j.benchmarks.limit;

import io.flame4j.backend.JvmCommand;
import io.flame4j.benchmarks.Contender.Echo;
import io.flame4j.benchmarks.Contender.Exchange;
import io.flame4j.benchmarks.Contender.Item;
import io.flame4j.benchmarks.Contender.Lists;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Starts a {@link RawPeer} with this JVM's options and talks to it over connections of one transport. */
public final class RawHost implements Closeable {

    private final Process process;
    private final List<ByteChannel> all = new ArrayList<>();
    private final Deque<ByteChannel> unused = new ArrayDeque<>();

    private RawHost(Process process) {
        this.process = process;
    }

    /** Starts the peer and waits for its connections. */
    public static RawHost start(Transport transport, int connections) throws IOException {
        try (Transport.Listener listener = transport.listen()) {
            RawHost host = new RawHost(Jvm.start(
                    System.getProperty("java.class.path"),
                    RawPeer.class,
                    listener.address(),
                    Integer.toString(connections)));
            for (int i = 0; i < connections; i++) {
                ByteChannel channel = listener.acceptFrom(host.process);
                host.all.add(channel);
                host.unused.add(channel);
            }
            return host;
        }
    }

    /** A connection that exchanges 64 bytes. */
    public Exchange ping() throws IOException {
        ByteChannel channel = take(RawPeer.Mode.PING);
        ByteBuffer frame = ByteBuffer.allocateDirect(Frames.PING);
        return () -> {
            Frames.writeFully(channel, frame.clear());
            Frames.readFully(channel, frame.clear());
        };
    }

    /** A connection that returns arrays. */
    public Echo echo() throws IOException {
        ByteChannel channel = take(RawPeer.Mode.ECHO);
        ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES);
        return array -> {
            Frames.writeFully(channel, length.clear().putInt(array.length).flip());
            Frames.writeArray(channel, array);
            Frames.readFully(channel, length.clear());
            return Frames.readArray(channel, length.getInt(0));
        };
    }

    /** A connection that carries a JDK-serialized lambda which does nothing. */
    public Exchange sock() throws IOException {
        Serialization messages = new Serialization(take(RawPeer.Mode.SOCK));
        return () -> {
            Serialization.Task task = () -> null;
            messages.write(task);
            messages.read();
        };
    }

    /** A connection that carries JDK-serialized lambdas which return an array that they captured. */
    public Echo sockEcho() throws IOException {
        Serialization messages = new Serialization(take(RawPeer.Mode.SOCK));
        return array -> {
            Serialization.Task task = () -> array;
            messages.write(task);
            return (byte[]) Objects.requireNonNull(messages.read());
        };
    }

    /** A connection that carries JDK-serialized lambdas which return a list that they captured. */
    @SuppressWarnings("unchecked")
    public Lists sockLists() throws IOException {
        Serialization messages = new Serialization(take(RawPeer.Mode.SOCK));
        return items -> {
            List<Item> argument = new ArrayList<>(items);
            Serialization.Task task = () -> argument;
            messages.write(task);
            return (List<Item>) Objects.requireNonNull(messages.read());
        };
    }

    private ByteChannel take(RawPeer.Mode mode) throws IOException {
        ByteChannel channel = unused.remove();
        Frames.writeFully(channel, ByteBuffer.wrap(new byte[] {mode.code}));
        return channel;
    }

    /** Ends the peer. */
    @Override
    public void close() throws IOException {
        for (ByteChannel channel : all) {
            channel.close();
        }
        Jvm.awaitEnd(process);
    }

    /** JVMs with the options of this one, as runners get them too. */
    public static final class Jvm {

        private static final JvmCommand COMMAND = JvmCommand.ofThisProcess();

        private Jvm() {}

        /** Starts a main class on a class path. */
        public static Process start(String classPath, Class<?> main, String... arguments) throws IOException {
            return builder(classPath, main, arguments)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        /** The same, to be started. */
        public static ProcessBuilder builder(String classPath, Class<?> main, String... arguments) {
            List<String> command = new ArrayList<>();
            command.add(COMMAND.java());
            command.addAll(COMMAND.options());
            command.addAll(List.of("-cp", classPath, main.getName()));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().keySet().removeAll(JvmCommand.ABSORBED_VARIABLES);
            return builder;
        }

        /** Waits a while for the end of one, then makes it end. */
        public static void awaitEnd(Process process) {
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
