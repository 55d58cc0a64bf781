package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Collects the text of an answer. Fed by one thread at a time; its monitor guards its fields. */
final class TextBody implements AsyncBody.Consumer<List<ByteBuffer>> {

    private final int limit;
    private final boolean endOnly;
    private byte[] bytes = new byte[4096];
    private int length;
    private boolean overflown;

    private TextBody(int limit, boolean endOnly) {
        this.limit = limit;
        this.endOnly = endOnly;
    }

    /** Keeps all, if it is not more than so many bytes. */
    static TextBody whole(int limit) {
        return new TextBody(limit, false);
    }

    /** Keeps the last so many bytes. */
    static TextBody end(int limit) {
        return new TextBody(limit, true);
    }

    @Override
    public synchronized void consume(List<ByteBuffer> chunks, AsyncBody body) {
        for (ByteBuffer chunk : chunks) {
            add(chunk);
        }
        body.consume();
    }

    private void add(ByteBuffer chunk) {
        int more = chunk.remaining();
        overflown |= length + more > limit;
        if (overflown && !endOnly) {
            return;
        }
        if (more > limit) {
            chunk.position(chunk.limit() - limit);
            more = limit;
        }
        int keep = Math.min(length, limit - more);
        if (keep < length) {
            System.arraycopy(bytes, length - keep, bytes, 0, keep);
        }
        if (keep + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(keep + more, Math.min(limit, bytes.length * 2)));
        }
        chunk.get(bytes, keep, more);
        length = keep + more;
    }

    /** Whether what is kept is a part only. */
    synchronized boolean isOverflown() {
        return overflown;
    }

    /** Whether a part is what is wanted. */
    boolean keepsEnd() {
        return endOnly;
    }

    synchronized String text() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
