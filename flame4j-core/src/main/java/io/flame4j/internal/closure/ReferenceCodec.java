package io.flame4j.internal.closure;

import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands values over by reference, for a parent and runners that share a JVM: the bytes hold a number, and the value is
 * found under it. What the bytes were written to keeps the value from being collected ({@link ByteWriter#keep}), and
 * nothing else does: a message that is dropped leaves nothing behind.
 */
public final class ReferenceCodec implements Codec {

    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final Map<Long, Entry> ENTRIES = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Kept> COLLECTED = new ReferenceQueue<>();

    /** A value on its way. Compared by identity: the weak reference is to this, not to the value. */
    private static final class Kept {
        final Object value;

        Kept(Object value) {
            this.value = value;
        }
    }

    private static final class Entry extends WeakReference<Kept> {
        final long number;

        Entry(long number, Kept kept) {
            super(kept, COLLECTED);
            this.number = number;
        }
    }

    /** Creates a codec. */
    public ReferenceCodec() {}

    @Override
    public void encode(Object value, OutputStream out) throws IOException {
        if (!(out instanceof ByteWriter.Output output)) {
            throw new IOException("a reference cannot leave this JVM");
        }
        forgetCollected();
        Kept kept = new Kept(value);
        long number = NUMBERS.incrementAndGet();
        ENTRIES.put(number, new Entry(number, kept));
        output.writer().keep(kept);
        new DataOutputStream(out).writeLong(number);
    }

    @Override
    public Object decode(InputStream in, DecodeContext context) throws IOException {
        Entry entry = ENTRIES.get(new DataInputStream(in).readLong());
        Kept kept = entry == null ? null : entry.get();
        if (kept == null) {
            throw new IOException("the sender of this value no longer keeps it");
        }
        return kept.value;
    }

    private static void forgetCollected() {
        for (Reference<? extends Kept> each = COLLECTED.poll(); each != null; each = COLLECTED.poll()) {
            ENTRIES.remove(((Entry) each).number);
        }
    }

    /** How many values can be found; for tests. */
    static int size() {
        forgetCollected();
        return ENTRIES.size();
    }
}
