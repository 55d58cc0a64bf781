package io.flame4j.testkit;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Finds where frames begin in a stream; see docs/PROTOCOL.md. Not thread-safe. */
final class FrameCounter {

    /** How a stream is cut into frames: where in a header of that many bytes the length of what follows is. */
    enum Framing {
        HELLO(8, 6, 2),
        CONTROL(4, 0, 4),
        SLOT(16, 8, 8),
        TLS(5, 3, 2);

        private final int header;
        private final int lengthAt;
        private final int lengthBytes;

        Framing(int header, int lengthAt, int lengthBytes) {
            this.header = header;
            this.lengthAt = lengthAt;
            this.lengthBytes = lengthBytes;
        }
    }

    private @Nullable Framing first;
    private @Nullable Framing framing;

    /** Bytes of the header of the current frame that have passed. */
    private int header;

    private long length;

    /** Bytes of its body that are to come. */
    private long body;

    private boolean stopped;

    /** Nothing is counted before. */
    void begin(@Nullable Framing first, Framing then) {
        this.first = first;
        this.framing = then;
    }

    boolean hasBegun() {
        return framing != null;
    }

    /**
     * Goes on over these bytes.
     *
     * @param bytes are consumed
     * @param position of the first of them in the stream
     * @param starts is told the position of the first byte of each frame
     */
    void advance(ByteBuffer bytes, long position, LongConsumer starts) {
        long end = position + bytes.remaining();
        while (bytes.hasRemaining() && framing != null && !stopped) {
            if (body > 0) {
                int skip = (int) Math.min(body, bytes.remaining());
                bytes.position(bytes.position() + skip);
                body -= skip;
            } else {
                if (header == 0) {
                    starts.accept(end - bytes.remaining());
                }
                headerByte(first != null ? first : framing, bytes.get() & 0xFF);
            }
        }
    }

    private void headerByte(Framing current, int value) {
        if (header >= current.lengthAt && header < current.lengthAt + current.lengthBytes) {
            length = length << 8 | value;
        }
        if (++header == current.header) {
            header = 0;
            body = length;
            length = 0;
            first = null;
            // One who sends that has lost the frames itself.
            stopped = body < 0;
        }
    }
}
