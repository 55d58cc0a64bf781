package io.flame4j.benchmarks.limit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import org.jspecify.annotations.Nullable;

/** Messages that are JDK-serialized objects after their length: what a program does that has nothing but the JDK. */
final class Serialization {

    private static final int BUFFER = 8 * 1024;

    /** Of one connection; grows as messages do. */
    private ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).limit(0);

    private final ByteChannel channel;

    Serialization(ByteChannel channel) {
        this.channel = channel;
    }

    /** A task as {@code Callable} would be, if that were serializable. */
    interface Task extends Serializable {
        @Nullable
        Object run() throws Exception;
    }

    void write(@Nullable Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        bytes.write(new byte[Integer.BYTES]);
        try (ObjectOutputStream objects = new ObjectOutputStream(bytes)) {
            objects.writeObject(value);
        }
        byte[] message = bytes.toByteArray();
        ByteBuffer frame = ByteBuffer.wrap(message);
        frame.putInt(0, message.length - Integer.BYTES);
        Frames.writeFully(channel, frame);
    }

    @Nullable
    Object read() throws IOException, ClassNotFoundException {
        fill(Integer.BYTES);
        int length = in.getInt();
        fill(length);
        byte[] message = new byte[length];
        in.get(message);
        try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(message))) {
            return objects.readObject();
        }
    }

    /** Makes so many bytes readable; a small message takes one read of the socket. */
    private void fill(int wanted) throws IOException {
        if (in.remaining() >= wanted) {
            return;
        }
        if (in.capacity() < wanted) {
            in = ByteBuffer.allocateDirect(wanted).put(in).flip();
        }
        in.compact();
        while (in.position() < wanted) {
            if (channel.read(in) < 0) {
                throw new java.io.EOFException();
            }
        }
        in.flip();
    }
}
